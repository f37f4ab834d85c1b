"""Runs a converted network once and compares it with recorded outputs.

`python -m pipeline.weights.verify FOLDER` wrote the recording, `recorded.json`, from the float32
networks after a comparison with the original files. `docs/models.md` has the numbers. The int8
networks are compared with the same recording.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]  # Ships no hints

from pipeline.weights.errors import WeightsError

RECORDED = Path(__file__).parent / "recorded.json"
SAMPLE_COUNT = 50
TOLERANCE = 0.01  # Engines and processors differ by at most 1e-4, a wrong layer by more than 1.

INT8 = "_int8"
INT8_TOLERANCES = {"efficientnet_lite3": 1.5, "ssd_mobilenet_v2": 1.5, "pp_ocrv6_detector": 0.1}
"""Rounding to 8 bits costs 0.16 and 0.73 of values in [-10, 10], and 0.001 of a probability
(measured)."""

Samples = dict[str, list[float]]


def verify(name: str, file: bytes) -> None:
    """Compare the network's outputs with the recording.

    Raises:
        WeightsError: An output differs by more than the tolerance.
    """
    recorded: dict[str, Samples] = json.loads(RECORDED.read_text(encoding="utf-8"))
    network = name.removesuffix(INT8)
    tolerance = TOLERANCE if network == name else INT8_TOLERANCES[network]
    samples = sample_outputs(network, file)
    for output, values in recorded[network].items():
        difference = float(np.abs(np.subtract(samples[output], values)).max())
        if not difference <= tolerance:  # Also true for NaN
            raise WeightsError(
                f"The network {name} does not give the recorded outputs: {output} differs by "
                f"{difference:.3g}. Install what requirements/dev.txt names and run "
                f"`python -m pipeline.weights` again; if that does not help, report it."
            )


def sample_outputs(name: str, file: bytes) -> Samples:
    """Return 50 values of each output for a fixed picture."""
    session = onnxruntime.InferenceSession(file)
    names = [output.name for output in session.get_outputs()]
    [pictures] = session.get_inputs()
    outputs = dict(
        zip(names, session.run(names, {pictures.name: build_blob(*INPUTS[name])}), strict=True)
    )
    return {
        output: [round(v, 5) for v in values.ravel()[:: values.size // SAMPLE_COUNT].tolist()]
        for output, values in outputs.items()
    }


Pixels = npt.NDArray[np.int64]


def draw_rings(height: int, width: int) -> Pixels:
    """Draw rings and stripes in whole numbers, so that the picture is the same on every machine."""
    channel, y, x = np.ogrid[:3, :height, :width]
    pixels: Pixels = (x * x + y * y * (channel + 1) + 40 * (x // 20)) // 64 % 256
    return pixels


def draw_word(height: int, width: int) -> Pixels:
    """Draw a black word on white."""
    rows = ["1010111010001000111", "1010100010001000101", "1110111010001000101"]
    rows += ["1010100010001000101", "1010111011101110111"]
    word = np.kron([[int(bit) for bit in row] for row in rows], np.ones((8, 8), int))
    pixels: Pixels = np.full((3, height, width), 255)
    top, left = (height - word.shape[0]) // 2, (width - word.shape[1]) // 2
    pixels[:, top : top + word.shape[0], left : left + word.shape[1]] -= 255 * word
    return pixels


class Input(NamedTuple):
    """What a network is tried with."""

    height: int
    width: int
    mean: float
    scale: float
    draw: Callable[[int, int], Pixels]


INPUTS = {
    "efficientnet_lite3": Input(280, 280, 127.0, 128.0, draw_rings),
    "ssd_mobilenet_v2": Input(300, 300, 127.5, 127.5, draw_rings),
    "pp_ocrv6_detector": Input(320, 320, 127.5, 127.5, draw_word),
    "pp_ocrv6_reader": Input(48, 320, 127.5, 127.5, draw_word),
}


def build_blob(
    height: int, width: int, mean: float, scale: float, draw: Callable[[int, int], Pixels]
) -> npt.NDArray[np.float32]:
    blob: npt.NDArray[np.float32] = ((draw(height, width) - mean) / scale).astype(np.float32)
    return blob[np.newaxis]


def main(folder: Path) -> None:
    recorded = {
        name: sample_outputs(name, (folder / f"{name}.onnx").read_bytes()) for name in INPUTS
    }
    RECORDED.write_text(json.dumps(recorded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
