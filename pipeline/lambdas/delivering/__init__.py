"""Sends deliveries of webhooks to receivers that nobody vouches for."""
