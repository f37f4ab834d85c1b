"""Add a model of your own: `python -m pipeline.weights.add FOLDER_OR_URL`.

Downloads what is missing, checks the model, makes an int8 version where that helps, measures the
speed of both, and puts everything where workers find it. docs/added-models.md describes the folder.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.core.vocabulary import WordFinder
from pipeline.weights.__main__ import DEFAULT_FOLDER, PROJECT
from pipeline.weights.added.download import complete, fetch_manifest, is_url, read_rows
from pipeline.weights.added.int8 import try_int8, write_int8
from pipeline.weights.added.speed import Photos, measure, open_photos, read_photos
from pipeline.weights.errors import WeightsError
from pipeline.worker.vision.added.catalog import check_name
from pipeline.worker.vision.added.faults import AddedModelError
from pipeline.worker.vision.added.manifest import MANIFEST
from pipeline.worker.vision.added.model import AddedModel
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import ADDED_MODELS

DEMO_PHOTOS = PROJECT / "infra" / "local" / "photos"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 when the model is ready."""
    given = _parse(arguments)
    logging.basicConfig(level=logging.ERROR)  # ONNX Runtime's tool gives advice for its authors
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "model"
        try:
            add(given.source, folder, given.weights / ADDED_MODELS, read_photos(given.photos))
        except (AddedModelError, WeightsError) as error:
            # The copy is gone when somebody reads this.
            place = given.source.removesuffix(f"/{MANIFEST}")
            return _fail(str(error).replace(str(folder), place))
        except OSError as error:
            return _fail(f"{error.filename}: {error.strerror}. Check its path and permissions.")
    return 0


def add(source: str, folder: Path, target: Path, photos: Photos) -> None:
    """Check a model and put it into `target`, which holds a folder for each model.

    Args:
        source: A folder with `model.toml`, or the URL of a `model.toml`.
        folder: Does not exist yet. The model is copied there, completed and checked.
        target: Where workers look for added models.
        photos: The speed is measured on them.

    Raises:
        AddedModelError: The model cannot be used. The text says what to do.
        WeightsError: A file cannot be downloaded, or no photo can be opened.
        OSError: A folder cannot be read or written.
    """
    finder = WordFinder(load_vocabulary().words)
    _bring(source, folder)
    model = AddedModel(folder, finder, prefers_int8=False)
    check_name(model.name, folder / MANIFEST)
    _say(f"{model.name} fits its manifest and recognises its sample.")
    images = open_photos(model, photos)
    _say(f"float32: {measure(model, images):.1f} ms of one core for a picture")
    if not model.manifest.int8:
        trial = try_int8(folder, model, finder, images)
        _say(trial.text)
        if trial.content is not None:
            write_int8(folder, trial.content)
    AddedModel(folder, finder)  # As workers load it
    place = target / model.name
    target.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    _say(
        f"Ready in {place}. Restart the workers, then ask for it with models=spotter,{model.name}"
        " (the API must offer it: OFFERED_MODELS), or make it usual with DEFAULT_MODELS."
    )


def _bring(source: str, folder: Path) -> None:
    """Copy or download the model, and check that its sha256 is known."""
    if is_url(source):
        folder.mkdir()
        fetch_manifest(source, folder)
    else:
        shutil.copytree(source, folder)
    complete(folder, source if is_url(source) else "")
    _check_sha256(folder)


def _check_sha256(folder: Path) -> None:
    """Say the sha256 to somebody who does not know it yet."""
    rows = read_rows(folder)
    path = folder / str(rows.get("file", ""))
    if "sha256" not in rows and path.is_file():
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        raise WeightsError(
            f"{MANIFEST} has no sha256. That of {path.name} is {found}. Compare it with the one "
            f'that its publisher names, then write sha256 = "{found}" into {MANIFEST}.'
        )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.weights.add", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("source", metavar="FOLDER_OR_URL", help="folder, or URL of a model.toml")
    parser.add_argument(
        "--photos",
        type=Path,
        default=DEMO_PHOTOS,
        help="folder of JPEG photos to measure with (default: the demo photos)",
    )
    parser.add_argument(
        "--weights",
        type=Path,
        default=os.environ.get("WEIGHTS_DIR") or DEFAULT_FOLDER,
        help="folder of the weights (default: WEIGHTS_DIR or %(default)s)",
    )
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _fail(message: str) -> int:
    sys.stderr.write(f"The model was not added. {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
