"""Boards for those who answer for others' work: what stands, since when, and what is being done."""
