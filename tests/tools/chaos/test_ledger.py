"""The ledger counts every kind of harm that a fault can cause."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infra.local.errors import LocalError
from pipeline.core.images import read_header
from pipeline.worker.vision.image import decode_image
from tools.chaos.ledger import Ledger, Verdict
from tools.chaos.load import Accepted, Picture
from tools.chaos.photos import CONTENT_TYPES, find_photos, make_unique
from tools.chaos.run import collect_labels

CAT, DOG = '[{"name": "cat"}]', '[{"name": "dog"}]'
PICTURE = Picture("cat.jpg", b"\xff\xd8 a cat")
TASK = Accepted("t1", PICTURE, at=0)
GOOD = {"status": "succeeded", "sha256": PICTURE.sha256, "labels": CAT, "finished_at": "1"}


def judge(record: dict[str, Any], *, finals: int = 1) -> Verdict:
    ledger = Ledger({"cat.jpg": [json.loads(CAT)]})
    return ledger.judge({"t1": record}, [TASK], Counter(t1=finals))


def count(**harm: int) -> Verdict:
    return Verdict(**{"tasks": 1, "lost": 0, "duplicated": 0, "wrong": 0, "failed": 0, **harm})


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (GOOD, count()),
        ({**GOOD, "status": "processing"}, count(lost=1)),
        ({**GOOD, "labels": '[{"name":"cat"}]'}, count()),
        ({**GOOD, "labels": DOG}, count(wrong=1)),
        ({**GOOD, "sha256": "0"}, count(wrong=1)),
        ({"status": "failed", "error_code": "unreadable_image"}, count(wrong=1)),
        (
            {"status": "failed", "error_code": "retries_exhausted", "receive_count": 1},
            count(wrong=1),
        ),
        (
            {"status": "failed", "error_code": "retries_exhausted", "receive_count": 5},
            count(failed=1),
        ),
        ({"status": "expired"}, count(wrong=1)),
    ],
)
def test_each_outcome_gets_its_verdict(record: dict[str, Any], verdict: Verdict) -> None:
    assert judge(record) == verdict


def test_the_labels_of_every_photo_are_learnt() -> None:
    assert collect_labels([TASK], {"t1": GOOD}, photos=1) == {"cat.jpg": json.loads(CAT)}


@pytest.mark.parametrize("records", [{}, {"t1": {"status": "processing"}}])
def test_a_photo_without_a_result_stops_the_run(records: dict[str, Any]) -> None:
    with pytest.raises(LocalError, match="Only 0 of 1 photos have a result"):
        collect_labels([TASK], records, photos=1)


def test_a_missing_record_is_counted_as_lost() -> None:
    assert Ledger({}).judge({}, [TASK], Counter()) == count(lost=1)


def test_a_result_that_is_stored_twice_is_counted() -> None:
    assert judge(GOOD, finals=2) == count(duplicated=1)


def test_a_result_that_changes_after_it_was_final_is_counted() -> None:
    ledger = Ledger({"cat.jpg": [json.loads(CAT)]})
    ledger.observe({"t1": GOOD}, [TASK])

    verdict = ledger.judge({"t1": {**GOOD, "finished_at": "2"}}, [TASK], Counter(t1=1))

    assert verdict == count(duplicated=1)


def test_a_unique_copy_of_a_photo_shows_the_same_picture(tmp_path: Path) -> None:
    photos = find_photos(tmp_path)

    assert {CONTENT_TYPES[photo.suffix] for photo in photos} == {"image/jpeg", "image/heic"}
    for photo in photos:
        data = photo.read_bytes()
        first, second = make_unique(photo.name, data), make_unique(photo.name, data)
        assert first != second
        made, original = read_header(first), read_header(data)
        for name in ("content_type", "width", "height", "orientation"):
            assert getattr(made, name) == getattr(original, name)
        assert np.array_equal(decode_image(first)[0], decode_image(data)[0])
