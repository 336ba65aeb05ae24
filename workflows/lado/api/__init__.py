"""Allegations through the API."""
