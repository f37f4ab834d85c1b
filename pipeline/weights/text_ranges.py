"""Measures the ranges of the activations of the network that finds text.

`python -m pipeline.weights.text_ranges PHOTO...` draws text on the photos and writes
`text_ranges.json`. The file is committed, because the last digits, and so the bytes of the network,
depend on the processor that measures them. docs/models.md says which photos were taken.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx

from pipeline.weights.fold import fold
from pipeline.weights.ranges import TEXT_RANGES, measure_blobs, write_rows
from pipeline.weights.rendered import draw_pictures
from pipeline.worker.vision.text import build_map_blob

DETECTOR = Path(__file__).parents[2] / ".cache" / "weights" / "pp_ocrv6_detector.onnx"

_TEXTS = (
    *("time house river", "light", "water stone paper music", "green north", "Market Window"),
    *("garden winter bridge letter", "Straße Größe", "Häuser zwölf schön", "niño señal corazón"),
    *("jardín árbol", "1984 77% $12.50", "#5 (new) A4 B-12", "WORLD Open", "CLOSED", "paper 22"),
    *("Music & Light", "north bridge 7", "RIVER WINTER", "house, garden!", "letter: 3 pages"),
    *("stone", "zwölf Häuser", "Señal 12:30", "WATER"),
)
_PER_PICTURE = 3
_SEED = 11


def list_activations(model: onnx.ModelProto) -> list[str]:
    """Return the names of the activations that are quantised: around every convolution.

    Those of single pixels are left out. They follow a mean over the picture, cost no time and
    decide on whole channels.
    """
    nodes = {node.output[0]: node for node in model.graph.node}
    single = set[str]()
    for node in model.graph.node:
        follows_single = node.op_type in ("Conv", "Relu", "HardSigmoid") and node.input[0] in single
        if node.op_type in ("GlobalAveragePool", "ReduceMean") or follows_single:
            single.add(node.output[0])
    rectified = {node.input[0]: node.output[0] for node in nodes.values() if node.op_type == "Relu"}
    around = [
        name
        for node in nodes.values()
        if node.op_type == "Conv"
        for name in (node.input[0], rectified.get(node.output[0], node.output[0]))
    ]
    return [name for name in dict.fromkeys(around) if name not in single]


def main(paths: Sequence[str]) -> None:
    photos = [Path(path) for path in paths]
    file = fold(DETECTOR.read_bytes())
    drawn = draw_pictures(photos, _TEXTS * 3, per_picture=_PER_PICTURE, seed=_SEED)
    images = [picture.file for picture in drawn] + [photo.read_bytes() for photo in photos]
    blobs = (
        build_map_blob(np.asarray(cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)))
        for image in images
    )
    names = list_activations(onnx.load_from_string(file))
    write_rows(TEXT_RANGES, measure_blobs(file, names, blobs))


if __name__ == "__main__":
    main(sys.argv[1:])
