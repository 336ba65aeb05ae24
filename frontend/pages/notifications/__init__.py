"""What somebody was told, and the way to what it is about."""
