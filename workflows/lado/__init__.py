"""Allegations against adults who work with children."""
