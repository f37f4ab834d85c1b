"""Django's settings in tests. pytest-django imports them before any other project module."""

from tests import environment  # noqa: F401, I001 # Sets the variables that the next line reads
from portal.settings import *  # noqa: F403

# The real hasher takes half a second by design.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
