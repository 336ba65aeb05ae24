"""Signing in as one of the people of the invented world; only in demo mode."""
