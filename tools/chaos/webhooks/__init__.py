"""Faults of receivers of webhooks."""
