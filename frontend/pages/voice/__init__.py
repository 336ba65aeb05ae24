"""What a child said, what came of it, and the advocate who speaks for them."""
