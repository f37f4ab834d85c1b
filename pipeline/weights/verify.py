"""Runs a converted network once and compares it with recorded outputs.

The recording, `recorded.json`, was made by `python -m pipeline.weights.verify FOLDER` with
networks that agreed with the original files; `docs/models.md` has the numbers.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.weights.errors import WeightsError

RECORDED = Path(__file__).parent / "recorded.json"
SAMPLE_COUNT = 50
TOLERANCE = 0.01  # Engines and processors differ by 1e-4 at most, a wrong layer by more than 1

INPUTS = {"efficientnet_lite3": (280, 127.0, 128.0), "ssd_mobilenet_v2": (300, 127.5, 127.5)}
"""Side in pixels, mean and scale of each network's input."""

OUTPUTS = {"efficientnet_lite3": ["logits"], "ssd_mobilenet_v2": ["boxes", "scores"]}

Samples = dict[str, list[float]]


def verify(name: str, file: bytes) -> None:
    """Raise unless the network gives what was recorded."""
    recorded: dict[str, Samples] = json.loads(RECORDED.read_text(encoding="utf-8"))
    samples = sample_outputs(name, file)
    for output, values in recorded[name].items():
        difference = float(np.abs(np.subtract(samples[output], values)).max())
        if not difference <= TOLERANCE:  # Also true for NaN
            raise WeightsError(
                f"The network {name} does not give what was recorded: {output} differs by "
                f"{difference:.3g}. Install what requirements/dev.txt names and run "
                f"`python -m pipeline.weights` again; if that does not help, report it."
            )


def sample_outputs(name: str, file: bytes) -> Samples:
    """Return 50 values of each output for a fixed picture."""
    network = cv2.dnn.readNetFromONNX(np.frombuffer(file, np.uint8))
    network.setInput(build_blob(*INPUTS[name]))
    outputs = {output: network.forward(output).ravel() for output in OUTPUTS[name]}
    return {
        output: [round(value, 5) for value in values[:: values.size // SAMPLE_COUNT].tolist()]
        for output, values in outputs.items()
    }


def build_blob(side: int, mean: float, scale: float) -> npt.NDArray[np.float32]:
    """Rings and stripes in whole numbers, so that every machine has the same picture."""
    channel, y, x = np.ogrid[:3, :side, :side]
    pixels = (x * x + y * y * (channel + 1) + 40 * (x // 20)) // 64 % 256
    blob: npt.NDArray[np.float32] = ((pixels - mean) / scale).astype(np.float32)
    return blob[np.newaxis]


def main(folder: Path) -> None:
    recorded = {
        name: sample_outputs(name, (folder / f"{name}.onnx").read_bytes()) for name in INPUTS
    }
    RECORDED.write_text(json.dumps(recorded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
