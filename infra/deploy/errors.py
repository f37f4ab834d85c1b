"""What stops a deploy, said so that the next step is clear."""


class DeployError(Exception):
    """The message says what is wrong and what to do."""
