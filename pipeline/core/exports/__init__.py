"""Exports: files that hold what a user has, in a format that other programs read."""
