"""Breaks the local system in every known way and counts what is lost."""
