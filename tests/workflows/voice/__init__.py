"""What children said, and what came of it."""
