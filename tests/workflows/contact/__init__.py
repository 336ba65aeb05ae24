"""With whom children keep in touch, and who from outside sees them."""
