"""How the records of versions are named.

A version of a result has a record of its own beside its task. The key is the task's id and the
number of the version. Its owner is not the user but a name made from the user's, so that no list
of the user's tasks shows it.
"""

_OWNER_PREFIX = "versions:"
_SEPARATOR = ":"


def build_version_id(task_id: str, version: int) -> str:
    """The key of the record of a version."""
    return f"{task_id}{_SEPARATOR}{version}"


def names_version(record_id: str) -> bool:
    """Whether a record is a version of a result, and not a task."""
    return _SEPARATOR in record_id


def get_task_id(record_id: str) -> str:
    """The id of the task that a record belongs to; of a task, its own."""
    return record_id.partition(_SEPARATOR)[0]


def get_version(record_id: str) -> int:
    """The number of the version that a record has; of a task, 1."""
    return int(record_id.partition(_SEPARATOR)[2] or 1)


def build_versions_owner(owner_id: str) -> str:
    """The owner of the records of versions of this user's tasks."""
    return f"{_OWNER_PREFIX}{owner_id}"


def get_user_id(owner_id: str) -> str:
    """The user behind the owner of a record, whether it is a task or a version."""
    return owner_id.removeprefix(_OWNER_PREFIX)
