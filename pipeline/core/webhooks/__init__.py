"""Webhooks: addresses of users that are told when a task or an export is finished."""
