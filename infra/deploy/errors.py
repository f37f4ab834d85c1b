"""Errors that stop a deploy."""


class DeployError(Exception):
    """The message says what is wrong and what to do next."""
