"""The process that opens hostile files: it reads orders and answers them, both as JSON lines.

Its memory has the same limit as that of a worker, so that a file that needs too much fails here.

Run as: python -m tools.hostile.child MEGABYTES [WEIGHTS_DIR]
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel

from pipeline.core.errors import PermanentError
from pipeline.core.images.strip import strip_metadata
from pipeline.core.options import Options
from pipeline.core.text import show_text
from pipeline.worker.memory import limit_memory
from pipeline.worker.vision.image import decode_image
from pipeline.worker.vision.recognizer import Recognizer

ACCEPTED, NO_MEMORY = "accepted", "no memory"

Open = Callable[[bytes, Options], bytes]
"""Opens a file as the worker does and returns bytes that depend on every pixel."""


class Order(BaseModel, frozen=True):
    """A file to open, and what is asked about its picture."""

    path: Path
    options: Options


def decode(data: bytes, _options: Options) -> bytes:
    _strip(data)
    return decode_image(data)[0].tobytes()


def _strip(data: bytes) -> None:
    """Remove the metadata as `upload` and `uploaded` do. It may refuse a file, but never break."""
    with suppress(PermanentError):
        strip_metadata(data)


def build_open(weights: Path | None) -> Open:
    """Decode, and with weights also recognise."""
    if weights is None:
        return decode
    recognize = Recognizer(weights).recognize_file

    def decode_and_recognize(data: bytes, options: Options) -> bytes:
        _strip(data)
        found = recognize(data, options)
        # Each of these refuses numbers that a result cannot have, such as a place outside.
        answers = [*found.labels, found.properties, found.text and show_text(found.text)]
        return "".join(answer.model_dump_json() for answer in answers if answer).encode()

    return decode_and_recognize


def try_file(open_: Open, order: Order) -> dict[str, object]:
    """The outcome of a file, its processor time and the peak memory of the process."""
    data = order.path.read_bytes()
    digest = ""
    forget_peak()
    started = time.process_time()
    try:
        digest = hashlib.sha256(open_(data, order.options)).hexdigest()
        outcome = ACCEPTED
    except PermanentError as error:
        outcome = error.code
    except MemoryError:
        outcome = NO_MEMORY
    except Exception as error:
        outcome = f"error: {error!r}"
    seconds = time.process_time() - started
    return {"outcome": outcome, "seconds": seconds, "peak_mb": read_peak_mb(), "pixels": digest}


def forget_peak() -> None:
    """Reset the kernel's peak of memory: proc(5), clear_refs."""
    clear_refs = Path("/proc/self/clear_refs")
    if clear_refs.exists():  # macOS has no such file
        clear_refs.write_text("5")


def read_peak_mb() -> float:
    """The peak of resident memory. 0 without /proc."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    """Answer each line until the input ends."""
    megabytes, *weights = sys.argv[1:]
    open_ = build_open(Path(weights[0]) if weights else None)
    limit_memory(int(megabytes))
    answer = sys.stdout
    print(json.dumps("ready"), file=answer, flush=True)  # The protocol of the runner
    for line in sys.stdin:
        print(json.dumps(try_file(open_, Order.model_validate_json(line))), file=answer, flush=True)


if __name__ == "__main__":
    main()
