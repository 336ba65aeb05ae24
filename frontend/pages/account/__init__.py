"""Somebody's own account: what protects it, and which parts they play."""
