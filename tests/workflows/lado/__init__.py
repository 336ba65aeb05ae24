"""Tests of allegations against adults who work with children."""
