"""Text in pictures that the tests draw, read by the real networks."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from pipeline.core.options import Feature, Options
from pipeline.core.text import MAX_LINES, FoundText
from pipeline.weights.rendered import draw_pictures
from pipeline.worker.vision import text_networks as networks_module
from pipeline.worker.vision.engine import OnnxRuntimeEngine
from pipeline.worker.vision.image import Image
from pipeline.worker.vision.recognizer import Recognition, Recognizer
from pipeline.worker.vision.text import MOST_COLUMNS, choose_lines
from pipeline.worker.vision.text_boxes import TextBox, find_boxes
from pipeline.worker.vision.text_networks import TextNetworks
from pipeline.worker.vision.text_tones import is_doubtful, measure_separation
from pipeline.worker.vision.weights import WrongWeightsError
from tests.worker.vision.conftest import PHOTOS

TEXT = Options(features=(Feature.TEXT,))


@pytest.fixture(scope="module")
def networks(weights: Path) -> TextNetworks:
    return TextNetworks(weights)


@pytest.fixture(scope="module")
def recognizer(weights: Path) -> Recognizer:
    return Recognizer(weights)


def draw(*lines: str, width: int = 900, height: int = 500, size: float = 2.0) -> Image:
    """Black lines on grey, one below the other, from the upper left corner."""
    image = np.full((height, width, 3), 210, np.uint8)
    for place, line in enumerate(lines):
        at = (40, 80 + round(place * 45 * size))
        cv2.putText(image, line, at, cv2.FONT_HERSHEY_SIMPLEX, size, (20, 20, 20), 3, cv2.LINE_AA)
    return image


def list_lines(found: FoundText) -> list[str]:
    return [line.text for line in found.lines]


def test_lines_and_words_are_read_where_they_stand(networks: TextNetworks) -> None:
    found = networks.read(draw("Fresh bread", "Open 12:45"))

    assert list_lines(found) == ["Fresh bread", "Open 12:45"]
    first, second = found.lines
    assert [word.text for word in first.words] == ["Fresh", "bread"]
    assert first.words[0].end <= first.words[1].start
    assert first.corners[0].x == pytest.approx(40 / 900, abs=0.03)
    assert first.corners[3].y < second.corners[3].y
    assert first.angle == pytest.approx(0, abs=2)
    assert first.confidence == pytest.approx(100, abs=10)
    assert not found.truncated


def test_each_word_covers_its_own_letters(networks: TextNetworks) -> None:
    [line] = networks.read(draw("MMMM i MMMM", height=300)).lines

    wide, narrow, last = line.words
    assert wide.end - wide.start > 3 * (narrow.end - narrow.start)
    assert last.start > 0.5


@pytest.mark.parametrize(("turns", "angle"), [(3, 90), (0, 0)])
def test_text_turned_clockwise_is_read_too(
    networks: TextNetworks, turns: int, angle: float
) -> None:
    picture = np.ascontiguousarray(np.rot90(draw("EMERGENCY EXIT", height=400), turns))

    [line] = networks.read(picture).lines

    assert line.text == "EMERGENCY EXIT"
    assert line.angle == pytest.approx(angle, abs=2)


def test_a_photo_without_text_has_none(recognizer: Recognizer) -> None:
    found = recognizer.recognize_file((PHOTOS / "cat.jpg").read_bytes(), TEXT)

    assert found.text == FoundText((), truncated=False)
    assert set(found.models) == {"textDetector", "textReader"}
    assert found.labels == []


def test_most_drawn_lines_are_read_exactly(recognizer: Recognizer) -> None:
    texts = ["Öffnungszeiten", "¿Dónde está?", "No. 42", "Way out", "Bäckerei Müller", "25 km/h"]
    pictures = draw_pictures(sorted(PHOTOS.glob("*.jpg")), texts, per_picture=2, seed=5)

    read = [recognize(recognizer, picture.file) for picture in pictures]

    drawn = [{line.text for line in picture.lines} for picture in pictures]
    right = [len(want.intersection(list_lines(got))) for want, got in zip(drawn, read, strict=True)]
    assert sum(map(len, drawn)) == len(texts)
    assert sum(right) >= len(texts) - 1


def recognize(recognizer: Recognizer, file: bytes) -> FoundText:
    found = recognizer.recognize_file(file, TEXT).text
    assert found is not None
    return found


def test_small_text_in_a_large_photo_is_read(recognizer: Recognizer) -> None:
    picture = draw("Small print on a large photo", width=4000, height=3000, size=1.5)
    _, file = cv2.imencode(".jpg", picture)

    assert list_lines(recognize(recognizer, file.tobytes())) == ["Small print on a large photo"]


def test_text_changes_no_label(recognizer: Recognizer) -> None:
    data = (PHOTOS / "coffee.jpg").read_bytes()

    alone = recognizer.recognize_file(data, Options())
    both = recognizer.recognize_file(data, Options(features=(Feature.LABELS, Feature.TEXT)))

    assert name_sure(both) == name_sure(alone)
    assert alone.text is None


def name_sure(found: Recognition) -> set[str]:
    return {label.name for label in found.labels if label.confidence >= 70}


def test_too_many_lines_are_cut_off_and_it_is_said(networks: TextNetworks) -> None:
    words = "of a page that is full of words and goes on to its right edge"
    lines = [f"{n} {words}" for n in range(60)]
    page = draw(*lines, width=1240, height=1754, size=0.6)

    found = networks.read(page)

    assert found.truncated
    assert list_lines(found)[0] == lines[0]
    assert 20 < len(found.lines) < 60


def build_box(width: float, height: float, top: float = 0) -> TextBox:
    corners = [[0, top], [width, top], [width, top + height], [0, top + height]]
    return TextBox(np.array(corners, np.float32), height)


def test_the_largest_lines_are_read_first_and_then_the_upper_ones() -> None:
    page = [build_box(MOST_COLUMNS / 100, 14.4, top=20 * n) for n in range(60)]
    title = build_box(500, 48, top=1500)

    chosen = choose_lines([*page, title])

    assert chosen[0] == 60
    assert chosen[1:] == list(range(len(chosen) - 1))
    assert 20 < len(chosen) < 60


def test_thousands_of_specks_cost_a_bounded_number_of_lines(networks: TextNetworks) -> None:
    specks = np.full((1200, 1600, 3), 255, np.uint8)
    for top in range(10, 1190, 18):
        for left in range(10, 1590, 26):
            cv2.putText(specks, "x", (left, top), 0, 0.35, (0, 0, 0), 1)

    assert len(networks.read(specks).lines) <= MAX_LINES


def test_a_map_full_of_regions_gives_few_boxes() -> None:
    probabilities = np.zeros((736, 1600), np.float32)
    probabilities[::8, ::8] = 1  # 18,400 regions
    probabilities[100:110, 100:300] = 1

    boxes = find_boxes(probabilities, 1600, 736)

    assert [round(float(box.quad[0, 0])) for box in boxes] == [pytest.approx(92, abs=8)]


@pytest.mark.parametrize(("width", "height"), [(9000, 40), (40, 9000), (32, 32)])
def test_extreme_shapes_give_an_answer(recognizer: Recognizer, width: int, height: int) -> None:
    file = io.BytesIO()
    Pillow.effect_noise((width, height), 90).save(file, "PNG")

    assert recognize(recognizer, file.getvalue()).lines == ()


def test_the_networks_are_loaded_when_text_is_first_asked_for(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def load(path: Path, **settings: bool) -> OnnxRuntimeEngine:
        loaded.append(path.stem)
        return OnnxRuntimeEngine(path, **settings)

    monkeypatch.setattr(networks_module, "OnnxRuntimeEngine", load)
    recognizer, photo = Recognizer(weights), (PHOTOS / "cat.jpg").read_bytes()

    recognizer.recognize_file(photo, Options())
    assert loaded == []

    recognizer.recognize_file(photo, TEXT)
    recognizer.recognize_file(photo, TEXT)
    assert len(loaded) == 2


def test_a_damaged_file_of_a_network_is_noticed_at_the_start(weights: Path, tmp_path: Path) -> None:
    for file in weights.glob("*.onnx"):
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "pp_ocrv6_reader.onnx").unlink()
    (tmp_path / "pp_ocrv6_reader.onnx").write_bytes(b"damaged")

    with pytest.raises(WrongWeightsError, match="pp_ocrv6_reader"):
        Recognizer(tmp_path)


def test_a_saucer_is_no_character(recognizer: Recognizer) -> None:
    """The reader takes the whole picture for an "8", with 97 %."""
    assert recognize(recognizer, (PHOTOS / "coffee.jpg").read_bytes()) == FoundText(
        (), truncated=False
    )


@pytest.mark.parametrize("light", [0, 110])
def test_a_character_that_fills_the_picture_is_read(networks: TextNetworks, light: int) -> None:
    """Also if the light comes from one side."""
    image = np.full((700, 900, 3), 225, np.uint8)
    cv2.putText(image, "8", (300, 560), cv2.FONT_HERSHEY_SIMPLEX, 18, (40, 30, 60), 60, cv2.LINE_AA)
    shade = np.linspace(0, light, 900)[None, :, None]
    lit = np.clip(image.astype(np.float32) - shade, 0, 255).astype(np.uint8)

    [line] = networks.read(lit).lines

    assert line.text == "8"
    assert cv2.contourArea(np.array([(p.x, p.y) for p in line.corners], np.float32)) > 0.05


@pytest.mark.parametrize(
    ("characters", "area", "doubtful"),
    [(1, 0.04, False), (1, 0.06, True), (3, 0.3, False), (3, 0.5, True), (4, 0.9, False)],
)
def test_only_few_large_characters_are_doubted(
    characters: int, area: float, doubtful: bool
) -> None:
    assert is_doubtful(characters, area) == doubtful


def test_print_has_two_tones_and_a_slope_of_light_has_none() -> None:
    slope = np.tile(np.linspace(0, 255, 90), (60, 1))
    one = np.full((60, 90, 3), 128, np.uint8)

    assert measure_separation(draw("8", width=120, height=120)) > 0.9
    assert measure_separation(np.repeat(slope[:, :, None], 3, axis=2).astype(np.uint8)) < 0.8
    assert measure_separation(one) == 0
