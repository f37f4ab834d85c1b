"""Loses a region under load and counts what becomes of the photos."""
