"""`python -m pipeline.weights`: everything that recognition needs, ready on this machine."""

import argparse
import logging
import os
import sys
from pathlib import Path

from pipeline.weights.catalog import read_networks
from pipeline.weights.errors import WeightsError
from pipeline.weights.prepare import prepare

PROJECT = Path(__file__).parents[2]
DEFAULT_FOLDER = PROJECT / ".cache" / "weights"


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code: 0 when all weights are there and right."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.weights", description=__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        default=os.environ.get("WEIGHTS_DIR") or DEFAULT_FOLDER,
        help="folder of the weights (default: WEIGHTS_DIR or %(default)s)",
    )
    folder: Path = parser.parse_args(arguments).output
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        prepare(folder, read_networks())
    except WeightsError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(
            f"{folder} cannot be used: {error.strerror or error}. "
            "Make room or repair it, or choose another folder with --output or WEIGHTS_DIR."
        )
    except KeyboardInterrupt:
        return _fail("They were interrupted. Run `python -m pipeline.weights` again.")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"The weights are not ready. {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
