"""Notices, decisions on placements, and the host's register, as people see them."""
