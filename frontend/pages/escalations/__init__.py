"""Concerns between agencies, whom to call, and the meetings about a home."""
