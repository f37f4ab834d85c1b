"""Errors that stop the set-up. Their messages are for the person who runs it."""


class WeightsError(Exception):
    """Its text says what happened and what to do next."""
