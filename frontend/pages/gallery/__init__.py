"""Every part on one page, for those who build pages and for checking accessibility."""
