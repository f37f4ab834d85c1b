"""Why a deploy stops."""


class DeployError(Exception):
    """The message says what is wrong and what to do."""
