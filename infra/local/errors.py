"""What can go wrong at a start, told to people."""


class LocalError(Exception):
    """The local system cannot go on: what happened and what to do next."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(f"{message}\n{next_step}")
        self.message = message
        self.next_step = next_step
