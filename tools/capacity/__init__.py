"""Simulates how many workers a load needs."""
