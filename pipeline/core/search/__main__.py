"""Build the index of words again: `python -m pipeline.core.search [--owner ID]`.

The environment names the tables (TASKS_TABLE, WORDS_TABLE, AWS_REGION) and has credentials that may
read the first and write the second.
"""

import argparse
import sys
from collections.abc import Sequence

from pipeline.core.dynamo import connect
from pipeline.core.search.rebuild import Progress, rebuild
from pipeline.core.search.settings import load_search_settings
from pipeline.core.tasks.record import Task


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.core.search",
        description="Build the index of words again from the table of tasks. It can run while the"
        " service works, can be stopped and can be repeated.",
    )
    parser.add_argument("--owner", help="id of the user whose results are written; else all users'")
    options = parser.parse_args(arguments)
    settings = load_search_settings()
    connect(settings.aws_region, {Task: settings.tasks_table, **settings.search_tables})
    _tell(rebuild(options.owner, _tell))
    return 0


def _tell(progress: Progress) -> None:
    sys.stdout.write(
        f"{progress.written} results written, {progress.removed} deleted ones removed\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
