"""How quick it is with many children."""
