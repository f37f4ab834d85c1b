"""Measure what preview and thumbnail cost a worker: `python -m tools.bench.copies SECONDS`.

Both ways decode the same photo in turns: with the copies, as a worker does, and as small as the
networks alone need it. The difference is put in relation to the whole recognition with the copies:
by so much they lower the throughput. The requests that store them are not in it; `make bench`
counts them.
"""

import itertools
import json
import sys
import time

from infra.local.demo.show import find_demo_photos
from infra.local.layout import WEIGHTS
from pipeline.core.images import read_header
from pipeline.core.options import Options
from pipeline.worker.vision import recognizer
from pipeline.worker.vision.image import WORKING_SIDE_PX, decode_upright
from pipeline.worker.vision.preview import halve, make_copies
from tools.bench.sizes import make_photo

MEGAPIXELS = (2, 12, 24)
DEMO = "demo photos"


def run(seconds: float) -> dict[str, float]:
    """Map each kind of photo to the part of the throughput that the copies take, in percent."""
    photos = {f"{size} megapixels": [make_photo(size)] for size in MEGAPIXELS}
    photos[DEMO] = [photo.read_bytes() for photo in find_demo_photos()]
    engine = recognizer.Recognizer(WEIGHTS)
    return {name: measure(engine, files, seconds) for name, files in photos.items()}


def measure(engine: recognizer.Recognizer, files: list[bytes], seconds: float) -> float:
    """Take turns photo by photo, so that all three have the same luck."""
    spent = {"whole": 0.0, "with": 0.0, "without": 0.0}
    engine.recognize_file(files[0], Options())
    started = time.perf_counter()
    for count, data in enumerate(itertools.cycle(files)):
        if count >= len(files) and time.perf_counter() - started >= seconds:
            break
        header = read_header(data)
        began = time.process_time()
        engine.recognize(data, header, Options())
        recognised = time.process_time()
        shown = recognizer.decode_shown(data, header, Options())
        make_copies(shown, header, halved=halve(shown))
        with_copies = time.process_time()
        halve(decode_upright(data, header, shortest_side_px=WORKING_SIDE_PX))
        spent["whole"] += recognised - began
        spent["with"] += with_copies - recognised
        spent["without"] += time.process_time() - with_copies
    return 100 * (spent["with"] - spent["without"]) / spent["whole"]


if __name__ == "__main__":
    found = run(float(sys.argv[1]))
    sys.stdout.write(json.dumps({name: round(percent, 1) for name, percent in found.items()}))
