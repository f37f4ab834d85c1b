"""Runs Zappa's handler in the unpacked package, with an in-memory AWS account.

It reads events and writes answers as JSON lines. Only moto comes from the test's environment;
everything else must be in the package.
"""

import json
import sys
from pathlib import Path
from typing import Any

package, environment = Path(sys.argv[1]), sys.argv[2]
sys.path[:] = [str(package), *(p for p in sys.path if "site-packages" not in p), environment]

from moto import mock_aws  # noqa: E402


class Context:
    """The context that Lambda passes to a function."""

    aws_request_id = "1"
    function_name = "spotter-portal-prod"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


def main() -> None:
    with mock_aws():
        import handler  # type: ignore[import-not-found] # Zappa's, at the root of the package

        import portal.settings  # noqa: F401 # It names the tables
        from portal.tables import TABLES

        for table in TABLES.values():
            table.create_table()

        answers = sys.stdout
        sys.stdout = sys.stderr  # The handler prints
        for line in sys.stdin:
            answer: Any = handler.lambda_handler(json.loads(line), Context())
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        import django

        assert Path(django.__file__).is_relative_to(package), django.__file__


main()
