"""Print the labels of pictures on this machine, without AWS.

Run as: python -m pipeline.worker.vision PHOTO...
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.core.errors import PermanentError
from pipeline.core.labels import Label
from pipeline.core.options import (
    DEFAULT_FEATURES,
    DEFAULT_MAX_LABELS,
    DEFAULT_MIN_CONFIDENCE,
    OWN_MODELS,
    Feature,
    Options,
    sort_features,
)
from pipeline.core.properties import ImageProperties
from pipeline.core.text import FoundText, show_text
from pipeline.worker.vision.added.faults import AddedModelError
from pipeline.worker.vision.draw import annotate
from pipeline.worker.vision.recognizer import Recognition, Recognizer
from pipeline.worker.vision.weights import ADDED_MODELS, WrongWeightsError

DEFAULT_WEIGHTS = Path(__file__).parents[3] / ".cache" / "weights"


def main(arguments: Sequence[str] | None = None) -> int:
    """Recognise all pictures.

    Returns:
        The exit code: 0 if every picture has its labels, otherwise 1.
    """
    given = _parse(arguments)
    try:
        recognizer = Recognizer(given.weights, models_folder=given.weights / ADDED_MODELS)
    except (FileNotFoundError, WrongWeightsError, AddedModelError) as error:
        return _fail(str(error))
    options = Options(
        min_confidence=given.min_confidence,
        max_labels=given.max_labels,
        features=sort_features(given.features),
        chosen_models=tuple(given.models),
    )
    codes = [_show(recognizer, photo, options, given) for photo in given.photos]
    return max(codes)


def _show(recognizer: Recognizer, photo: Path, options: Options, given: argparse.Namespace) -> int:
    try:
        data = photo.read_bytes()
        found = recognizer.recognize_file(data, options)
        copy = given.draw / f"{photo.stem}.jpg" if given.draw else None
        if copy:
            annotate(data, found.labels, copy)
    except FileNotFoundError:
        return _fail(f"{photo} does not exist. Check the path.")
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}. Check its path and permissions.")
    except PermanentError as error:
        return _fail(f"{photo}: {error} ({error.code})")
    build = _build_json if given.json else _build_text
    sys.stdout.write(build(photo, found, copy) + "\n")
    return 0


def _build_json(photo: Path, found: Recognition, copy: Path | None) -> str:
    return json.dumps(
        {
            "photo": str(photo),
            "width": found.width,
            "height": found.height,
            "labels": [label.model_dump(by_alias=True) for label in found.labels],
            "properties": found.properties and found.properties.model_dump(by_alias=True),
            "text": found.text and show_text(found.text).model_dump(by_alias=True),
            "models": dict(found.models),
            "decodeMs": round(found.decode_ms, 1),
            "inferenceMs": round(found.inference_ms, 1),
            "copy": str(copy) if copy else None,
        }
    )


def _build_text(photo: Path, found: Recognition, copy: Path | None) -> str:
    times = f"decoded in {found.decode_ms:.0f} ms, recognised in {found.inference_ms:.0f} ms"
    lines = [f"{photo}: {found.width} x {found.height} px, {times}"]
    lines += [_build_line(label) for label in found.labels] or ["  no label is confident enough"]
    lines += _describe_text(found.text) if found.text else []
    lines += _describe_properties(found.properties) if found.properties else []
    if copy:
        lines.append(f"  annotated copy: {copy}")
    return "\n".join(lines)


def _describe_text(found: FoundText) -> list[str]:
    lines = [f'  {line.confidence:5.1f} %  "{line.text}"' for line in found.lines]
    more = ["  there is more text than is read"] if found.truncated else []
    return (lines or ["  no text"]) + more


def _describe_properties(found: ImageProperties) -> list[str]:
    quality = found.quality
    return [
        f"  brightness {quality.brightness:.0f}, sharpness {quality.sharpness:.0f},"
        f" contrast {quality.contrast:.0f}",
        *(
            f"  {colour.pixel_percent:5.1f} %  {colour.hex_code} {colour.simplified_color}"
            f" ({colour.css_color})"
            for colour in found.dominant_colors
        ),
    ]


def _build_line(label: Label) -> str:
    boxes = f"{len(label.instances)} x" if label.instances else ""
    line = f"  {label.confidence:5.1f} %  {boxes:5}{label.name}"
    parents = ", ".join(parent.name for parent in label.parents)
    return f"{line}  ({parents})" if parents else line


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.worker.vision", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--draw", type=Path, metavar="FOLDER", help="write annotated copies here")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    parser.add_argument("--min-confidence", type=float, default=DEFAULT_MIN_CONFIDENCE)
    parser.add_argument("--max-labels", type=int, default=DEFAULT_MAX_LABELS)
    parser.add_argument(
        "--features", nargs="+", choices=list(Feature), default=DEFAULT_FEATURES, type=Feature
    )
    parser.add_argument(
        "--models",
        nargs="+",
        default=[OWN_MODELS],
        metavar="NAME",
        help=f"{OWN_MODELS} and added models",
    )
    parser.add_argument(
        "--weights",
        type=Path,
        default=os.environ.get("WEIGHTS_DIR") or DEFAULT_WEIGHTS,
        help="folder of the ONNX files (default: WEIGHTS_DIR or %(default)s)",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
