"""What stops the set-up, told to the person who runs it."""


class WeightsError(Exception):
    """Its text says what happened and what to do next."""
