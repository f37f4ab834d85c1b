"""Calculates the AWS bill of a month."""
