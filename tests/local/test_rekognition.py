"""The stand-in for Amazon Rekognition keeps to AWS's own description of the service."""

import base64
from dataclasses import replace

import httpx
import pytest
from botocore.validate import ParamValidator

from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.rekognition.answers import (
    OBJECT_BYTES,
    REQUEST_BYTES,
    SERVICE,
    RefusedError,
    StandIn,
    capitalise,
    check,
)
from infra.local.rekognition.budget import VARIABLE
from infra.local.rekognition.process import running_stand_in
from pipeline.core.errors import ImageMissingError, UnreadableImageError
from pipeline.core.options import Options
from pipeline.worker.vision.recognizer import Recognition
from tests.examples import CAT, TEXT
from tests.local.conftest import wait_until
from tests.local.examples import KEY
from tests.pictures import build_quadrants, encode
from tests.worker.fakes import build_recognition

JPEG = encode(build_quadrants(120, 90), "JPEG")
PICTURES = {"a.jpg": JPEG, "large.jpg": JPEG + b"\0" * OBJECT_BYTES}


def look(data: bytes, options: Options) -> Recognition:
    found = build_recognition()
    return replace(
        found,
        labels=found.labels if "labels" in options.features else [],
        properties=found.properties if "properties" in options.features else None,
        text=TEXT if "text" in options.features else None,
    )


def download(bucket: str, key: str) -> bytes:
    if key not in PICTURES:
        raise ImageMissingError
    return PICTURES[key]


STAND_IN = StandIn(look, download)


def send(data: bytes) -> dict[str, object]:
    return {"Image": {"Bytes": base64.b64encode(data).decode()}}


def read(name: str) -> dict[str, object]:
    return {"Image": {"S3Object": {"Bucket": "images", "Name": name}}}


EVERYTHING = {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("DetectLabels", read("a.jpg")),
        ("DetectLabels", send(JPEG) | EVERYTHING),
        ("DetectText", read("a.jpg")),
        ("DetectModerationLabels", read("a.jpg")),
    ],
)
def test_answers_have_the_shape_that_aws_describes(
    operation: str, request_: dict[str, object]
) -> None:
    answer = STAND_IN.answer(operation, request_)

    shape = SERVICE.operation_model(operation).output_shape
    assert shape
    assert ParamValidator().validate(answer, shape).generate_report() == ""
    assert answer.keys() <= shape.members.keys()


def test_names_begin_with_capitals_as_those_of_rekognition() -> None:
    answer = STAND_IN.answer("DetectLabels", read("a.jpg"))

    assert answer["Labels"][0]["Name"] == capitalise(CAT.name) == "Cat"
    assert capitalise("golden retriever") == "Golden Retriever"


def test_text_is_a_list_of_lines_and_then_of_words_that_name_their_line() -> None:
    parts = STAND_IN.answer("DetectText", read("a.jpg"))["TextDetections"]

    assert [(it["Type"], it["DetectedText"], it.get("ParentId")) for it in parts] == [
        ("LINE", "WAY OUT", None),
        ("WORD", "WAY", 0),
        ("WORD", "OUT", 0),
    ]
    assert len({it["Id"] for it in parts}) == 3


def test_properties_come_only_if_they_are_asked_for() -> None:
    assert "ImageProperties" not in STAND_IN.answer("DetectLabels", read("a.jpg"))
    assert "ImageProperties" in STAND_IN.answer("DetectLabels", read("a.jpg") | EVERYTHING)


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("DetectFaces", read("a.jpg"), "UnknownOperationException"),
        ("DetectLabels", {}, "InvalidParameterException"),
        ("DetectLabels", read("a.jpg") | {"MinConfidence": "high"}, "InvalidParameterException"),
        ("DetectLabels", read("a.jpg") | {"Sureness": 3}, "InvalidParameterException"),
        ("DetectLabels", {"Image": {"Bytes": "no base64!"}}, "InvalidParameterException"),
        ("DetectLabels", read("none.jpg"), "InvalidS3ObjectException"),
        ("DetectLabels", read("large.jpg"), "ImageTooLargeException"),
        ("DetectLabels", send(JPEG + b"\0" * REQUEST_BYTES), "ImageTooLargeException"),
        ("DetectLabels", send(b"hello"), "InvalidImageFormatException"),
        (
            "DetectLabels",
            send(encode(build_quadrants(120, 90), "WEBP")),
            "InvalidImageFormatException",
        ),
        (
            "DetectLabels",
            send(encode(build_quadrants(79, 90), "JPEG")),
            "InvalidParameterException",
        ),
    ],
)
def test_what_rekognition_refuses_is_refused(
    operation: str, request_: dict[str, object], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        STAND_IN.answer(operation, request_)

    assert refused.value.code == code


def test_a_picture_that_our_networks_cannot_open_is_refused() -> None:
    def fail(data: bytes, options: Options) -> Recognition:
        raise UnreadableImageError

    with pytest.raises(RefusedError) as refused:
        StandIn(fail, download).answer("DetectLabels", read("a.jpg"))

    assert refused.value.code == "InvalidImageFormatException"


def test_every_error_that_the_stand_in_gives_is_one_of_the_service() -> None:
    known = {shape.name for shape in SERVICE.operation_model("DetectLabels").error_shapes}

    assert {
        "InvalidParameterException",
        "InvalidS3ObjectException",
        "ImageTooLargeException",
        "InvalidImageFormatException",
    } <= known


def test_botocore_finds_the_fault_of_a_request() -> None:
    assert "MinConfidence" in check(
        SERVICE.operation_model("DetectLabels"), read("a.jpg") | {"MinConfidence": []}
    )


def test_a_system_without_rekognition_starts_no_stand_in(
    layout: Layout, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    with running_stand_in("http://127.0.0.1:1", KEY, layout, roster) as variables:
        assert variables == {}

    assert roster.read() == []


def test_the_stand_in_answers_where_the_workers_are_told_to_ask(
    layout: Layout, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "0.5")

    with running_stand_in("http://127.0.0.1:1", KEY, layout, roster) as variables:
        url = variables["AWS_ENDPOINT_URL_REKOGNITION"]
        wait_until(lambda: answers(url))

    assert variables[VARIABLE] == "0.5"
    assert roster.read() == []


def answers(url: str) -> bool:
    try:
        refused = httpx.post(url, json={}, timeout=60)
    except httpx.TransportError:
        return False
    return bool(refused.json()["__type"] == "MissingAuthenticationTokenException")
