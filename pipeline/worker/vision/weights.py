"""Which weights each engine runs, and the proof that a file is one of those that were measured."""

import hashlib
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

_PINNED = Path(__file__).parent / "data" / "models.json"

EngineName: TypeAlias = Literal["onnxruntime", "opencv"]

DEFAULT_ENGINE: EngineName = "onnxruntime"


@dataclass(frozen=True)
class Networks:
    """The names of the two networks; each is a file `name.onnx`."""

    classifier: str
    detector: str


INT8 = Networks("efficientnet_lite3_int8", "ssd_mobilenet_v2_int8")
FLOAT32 = Networks("efficientnet_lite3", "ssd_mobilenet_v2")

_CPU_INFO = Path("/proc/cpuinfo")
_VNNI_FLAGS = frozenset({"avx512_vnni", "avx_vnni"})


def choose_networks(
    engine: EngineName, *, machine: str = platform.machine(), cpu_info: Path = _CPU_INFO
) -> Networks:
    """The fastest networks that give the known labels with this engine on this processor."""
    if engine == "opencv":
        return FLOAT32  # It computes in int8 too, but takes longer than with floats (measured).
    return INT8 if has_exact_int8(machine, cpu_info) else FLOAT32


def has_exact_int8(machine: str, cpu_info: Path) -> bool:
    """Whether products of bytes are added in 32 bits.

    x86 without VNNI adds pairs of them in 16 bits, which overflow: a kitten becomes a dog
    (measured on an emulated Haswell). Where nothing is known, it is taken for such a processor.
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    if machine in ("aarch64", "arm64"):
        return True
    try:
        return not _VNNI_FLAGS.isdisjoint(cpu_info.read_text("utf-8").split())
    except OSError:
        return False


class WrongWeightsError(Exception):
    """The weights are others than those whose results are known."""


@dataclass(frozen=True)
class Weights:
    """One file that was checked."""

    path: Path
    version: str
    """Name and the start of the sha256."""


def find_weights(folder: Path, name: str) -> Weights:
    """Check the file of one network.

    Raises:
        FileNotFoundError: It is missing.
        WrongWeightsError: It is not the one that was measured.
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
