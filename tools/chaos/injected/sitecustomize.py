"""Python imports this at the start of a function's process, because it is on its PYTHONPATH."""

import chaos_hooks  # type: ignore[import-not-found] # It lies beside this file

chaos_hooks.install()
