"""Alerts: what slipped, whom it was sent to, who answered, and how alerts go up."""
