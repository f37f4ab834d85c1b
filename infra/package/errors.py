"""Why a package cannot be built."""


class PackageError(Exception):
    """The message says what is wrong and what to do."""
