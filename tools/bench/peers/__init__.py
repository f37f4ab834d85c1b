"""Peers of the worker: servers that a user would take instead, measured in the same run."""
