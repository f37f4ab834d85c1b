"""Errors of the local system."""


class LocalError(Exception):
    """The local system cannot continue. Says what happened and what to do next."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(f"{message}\n{next_step}")
        self.message = message
        self.next_step = next_step
