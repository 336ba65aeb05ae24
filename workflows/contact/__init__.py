"""A child's contact with the people who matter to them."""
