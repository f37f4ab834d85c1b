"""Write docs/api, or check that it is what the code says.

Run as `python -m pipeline.lambdas.openapi`, which sets the variables that the functions need.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pipeline.lambdas.openapi.document import build_document, find_functions
from pipeline.lambdas.openapi.gateway import build_gateway_document

FOLDER = Path(__file__).parents[3] / "docs" / "api"


def build_files() -> dict[str, dict[str, Any]]:
    """Both documents by file name."""
    document = build_document()
    return {
        "openapi.json": document,
        "gateway.json": build_gateway_document(document, find_functions()),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.lambdas.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="default: docs/api")
    options = parser.parse_args(arguments)
    stale = []
    for name, document in build_files().items():
        path = options.folder / name
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not options.check:
            path.write_text(text, "utf-8")
    if options.check and stale:
        sys.stderr.write(f"Not up to date: {', '.join(stale)}. Run `make openapi`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
