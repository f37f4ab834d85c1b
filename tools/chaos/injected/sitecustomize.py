"""Python imports this at the start of a function's process, because it is on its PYTHONPATH."""

import chaos_hooks  # type: ignore[import-not-found] # The file is in this folder

chaos_hooks.install()
