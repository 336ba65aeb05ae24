"""The door for other systems."""
