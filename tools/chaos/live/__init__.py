"""Faults of announcements and of cameras."""
