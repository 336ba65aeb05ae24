"""Concerns between agencies, and the shared room of a home."""
