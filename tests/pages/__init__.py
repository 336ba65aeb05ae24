"""The pages, as each person meets them."""
