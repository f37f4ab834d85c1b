"""Webhooks of users: which addresses we call, how that goes, and how to stop one."""
