"""Chooses the weights for each engine and checks their sha256."""

import hashlib
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

_PINNED = Path(__file__).parent / "data" / "models.json"

EngineName: TypeAlias = Literal["onnxruntime", "opencv"]

DEFAULT_ENGINE: EngineName = "onnxruntime"


ADDED_MODELS = "models"
"""Folder beside our weights that holds a folder for each model that operators added."""


@dataclass(frozen=True)
class Networks:
    """The names of the networks; each is a file `name.onnx`."""

    classifier: str
    detector: str
    text_detector: str


INT8 = Networks("efficientnet_lite3_int8", "ssd_mobilenet_v2_int8", "pp_ocrv6_detector_int8")
FLOAT32 = Networks("efficientnet_lite3", "ssd_mobilenet_v2", "pp_ocrv6_detector")

TEXT_READER = "pp_ocrv6_reader"
"""It stays in float32: its many small products gain little in int8."""

CPU_INFO = Path("/proc/cpuinfo")
_VNNI_FLAGS = frozenset({"avx512_vnni", "avx_vnni"})


def choose_networks(
    engine: EngineName, *, machine: str = platform.machine(), cpu_info: Path = CPU_INFO
) -> Networks:
    """Return the fastest networks that give correct labels with this engine and processor."""
    if engine == "opencv":
        return FLOAT32  # In int8 it is slower than in float32 (measured).
    return INT8 if has_exact_int8(machine, cpu_info) else FLOAT32


def has_exact_int8(machine: str, cpu_info: Path) -> bool:
    """Return whether the processor adds products of bytes in 32 bits.

    x86 without VNNI adds pairs of products in 16 bits. They overflow, and a kitten becomes a dog
    (measured on an emulated Haswell). The answer for an unknown processor is False.
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    if machine in ("aarch64", "arm64"):
        return True
    try:
        return not _VNNI_FLAGS.isdisjoint(cpu_info.read_text("utf-8").split())
    except OSError:
        return False


class WrongWeightsError(Exception):
    """The weights have another sha256 than the measured ones."""


@dataclass(frozen=True)
class Weights:
    """One checked ONNX file."""

    path: Path
    version: str
    """Name and the first 12 digits of the sha256."""


def find_weights(folder: Path, name: str) -> Weights:
    """Check the file of one network.

    Raises:
        FileNotFoundError: It is missing.
        WrongWeightsError: Its sha256 is not the pinned one.
    """
    path = folder / f"{name}.onnx"
    if not path.is_file():
        raise FileNotFoundError(f"The weights {path} are missing. Run `make setup`.")
    pinned = {row["file"]: row["sha256"] for row in json.loads(_PINNED.read_text("utf-8"))}
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != pinned[path.name]:
        raise WrongWeightsError(
            f"{path} has the sha256 {sha256[:12]}, not {pinned[path.name][:12]}. "
            "Delete it and run `make setup`."
        )
    return Weights(path, f"{name} {sha256[:12]}")
