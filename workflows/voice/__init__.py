"""What a child asks for and says."""
