"""Deploys this checkout to AWS, and removes it again."""
