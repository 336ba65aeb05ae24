"""With whom a child keeps in touch, what took place, and who from outside comes into a home."""
