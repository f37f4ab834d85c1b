"""Loads the local system as its users would."""
