"""Returns that authorities send and receive."""
