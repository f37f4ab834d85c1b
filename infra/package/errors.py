"""The error of a package that cannot be built."""


class PackageError(Exception):
    """The message says what is wrong and what to do."""
