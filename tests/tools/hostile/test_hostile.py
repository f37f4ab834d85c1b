"""No file crashes or hangs a worker, exceeds its memory or changes the result of another file."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from infra.local.layout import WEIGHTS
from pipeline.core.errors import PermanentError
from pipeline.core.images import read_header
from pipeline.core.options import Options
from pipeline.worker.vision.image import decode_image
from tests.pictures import GREEN, RED, build_bomb, encode
from tools.hostile.__main__ import LIMIT_MB, find_problem
from tools.hostile.child import ACCEPTED
from tools.hostile.corpus import KINDS, LABELS, build_corpus, build_sound_files
from tools.hostile.runner import CRASH, HANG, Outcome, Runner

PATIENCE_SECONDS = 60
"""Longer than the real deadline, because the machine may stall. `make hostile` shows the times."""
FORMATS = ("HEIC", "AVIF")
"""Half of the kinds attack the boxes of these formats."""
HEAD_BYTES = 400
"""More than the fixed fields of every format. Fields of unequal length follow behind them."""
DAMAGED = ("truncated", "bytes changed", "spliced", "wrong length", "impossible header")


@pytest.fixture
def runner() -> Iterator[Runner]:
    with Runner(limit_mb=LIMIT_MB, deadline_seconds=PATIENCE_SECONDS) as runner:
        yield runner


def put(runner: Runner, folder: Path, data: bytes, options: Options = LABELS) -> Outcome:
    path = folder / "file"
    path.write_bytes(data)
    return runner.run(path, options)


def test_the_corpus_is_the_same_at_every_build() -> None:
    first, again = build_corpus(*DAMAGED), build_corpus(*DAMAGED)

    assert list(first) == list(again)


def group_kinds() -> dict[str, list[str]]:
    """All kinds that attack the decoder, in groups that several processes can share."""
    groups: dict[str, list[str]] = {}
    for kind in (name for name, kind in KINDS.items() if kind.options == LABELS):
        group = next((name for name in FORMATS if kind.startswith(name)), "all formats")
        groups.setdefault(group, []).append(kind)
    return groups


@pytest.mark.slow
@pytest.mark.timeout(900)  # A group has about a thousand files
@pytest.mark.parametrize("kinds", group_kinds().values(), ids=group_kinds().keys())
def test_no_hostile_file_crashes_or_hangs_the_decoder_or_exceeds_its_memory(
    runner: Runner, tmp_path: Path, kinds: list[str]
) -> None:
    outcomes = [(file, put(runner, tmp_path, file.data)) for file in build_corpus(*kinds)]

    problems = {
        file.name: problem for file, outcome in outcomes if (problem := find_problem(file, outcome))
    }
    assert problems == {}
    assert len({file.data for file, _ in outcomes}) > 500


def test_a_sample_of_the_files_does_not_harm_the_networks(tmp_path: Path) -> None:
    files = list(build_corpus(*DAMAGED, "EXIF", "polyglot"))[::12]
    files += list(build_corpus("text: pages", "text: specks"))[::12]
    files += list(build_corpus("fine, properties: depths"))[::4]

    with Runner(limit_mb=LIMIT_MB, deadline_seconds=PATIENCE_SECONDS, weights=WEIGHTS) as runner:
        results = [(file, put(runner, tmp_path, file.data, file.options)) for file in files]

    assert [file.name for file, outcome in results if find_problem(file, outcome)] == []
    assert any(outcome.outcome == ACCEPTED for _, outcome in results)


def test_pixels_of_one_picture_never_show_in_a_damaged_next_one(
    tmp_path: Path,
) -> None:
    damaged = list(build_corpus(*DAMAGED))
    seen = []
    for colour in (RED, GREEN):
        before = [encode(Image.new("RGB", (320, 200), colour), kind) for kind in ("JPEG", "WEBP")]
        with Runner(limit_mb=LIMIT_MB, deadline_seconds=PATIENCE_SECONDS) as runner:
            outcomes = []
            for number, file in enumerate(damaged):
                assert put(runner, tmp_path, before[number % 2]).outcome == ACCEPTED
                outcomes.append(put(runner, tmp_path, file.data))
            seen.append([(outcome.outcome, outcome.pixels) for outcome in outcomes])

    assert seen[0] == seen[1]
    assert sum(outcome == ACCEPTED for outcome, _ in seen[0]) > 50


def test_a_damaged_picture_is_seen_as_in_a_fresh_process(tmp_path: Path) -> None:
    data = build_sound_files()["noise.png"]
    cut_jpeg = build_sound_files()["restarts.jpg"]
    files = [data, cut_jpeg[:2000] + b"\0" * 500 + cut_jpeg[2500:], cut_jpeg[:-2] + b"\xff\xd9"]
    fresh, used = [], []
    for file in files:
        with Runner(limit_mb=LIMIT_MB, deadline_seconds=PATIENCE_SECONDS) as runner:
            fresh.append(put(runner, tmp_path, file).pixels)
    with Runner(limit_mb=LIMIT_MB, deadline_seconds=PATIENCE_SECONDS) as runner:
        for file in files:
            put(runner, tmp_path, encode(Image.new("RGB", (200, 160), RED), "JPEG"))
            used.append(put(runner, tmp_path, file).pixels)

    assert used == fresh
    assert all(fresh)


def test_the_runner_notices_a_crash_and_a_hang(tmp_path: Path) -> None:
    with Runner(limit_mb=LIMIT_MB, deadline_seconds=PATIENCE_SECONDS) as runner:
        crash = runner.run(tmp_path / "missing")  # It ends the child
    with Runner(limit_mb=LIMIT_MB, deadline_seconds=0.05) as impatient:
        hang = put(impatient, tmp_path, build_bomb(7_000))  # It takes many times as long

    assert (crash.outcome, hang.outcome) == (CRASH, HANG)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(build_sound_files())),
    st.lists(st.tuples(st.integers(0, 20_000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 20_000),
)
def test_any_file_is_decoded_or_refused_by_a_code(
    name: str, changes: list[tuple[int, bytes]], length: int
) -> None:
    data = build_sound_files()[name]
    file = io.BytesIO(data)
    for at, change in changes:
        file.seek(at % len(data))
        file.write(change)
    check_decoded_or_refused(file.getvalue()[: max(length, 1)])


@pytest.mark.parametrize("name", sorted(build_sound_files()))
def test_a_file_that_ends_anywhere_in_its_head_is_decoded_or_refused_by_a_code(name: str) -> None:
    data = build_sound_files()[name]
    for length in range(min(len(data), HEAD_BYTES)):
        check_decoded_or_refused(data[:length])


def check_decoded_or_refused(data: bytes) -> None:
    try:
        header = read_header(data)
        image, _ = decode_image(data)
    except PermanentError:
        return

    assert image.ndim == 3
    assert abs(image.shape[1] / image.shape[0] - header.width / header.height) < 0.2
