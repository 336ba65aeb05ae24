"""Notices of who lives where, agreed by the authority that placed and the one that hosts."""
