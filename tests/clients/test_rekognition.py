"""Programs of Rekognition get what boto3 would give them."""

from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from pipeline.core.queue import TaskQueue
from pipeline.lambdas.openapi.document import build_document, find_problems, find_task_errors
from spotter_client import PhotoError, Retries, SignInError, Spotter, TokenAuth
from spotter_client.rekognition import EXCEPTIONS, RekognitionClient
from tests.clients.service import API, working
from tests.lambdas.uploads import JPEG

MODEL = ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")
OPERATION = MODEL.operation_model("DetectLabels")


@pytest.fixture
def client(spotter: Spotter, queue: TaskQueue) -> Iterator[RekognitionClient]:
    with working(queue):
        yield RekognitionClient(spotter)


def test_the_answer_fits_the_service_model_of_boto3(client: RekognitionClient) -> None:
    answer = client.detect_labels(Image={"Bytes": JPEG}, MaxLabels=5, MinConfidence=60)

    metadata = answer.pop("ResponseMetadata")
    assert OPERATION.output_shape is not None
    report = ParamValidator().validate(answer, OPERATION.output_shape)
    assert not report.has_errors(), report.generate_report()
    assert metadata["HTTPStatusCode"] == 200
    label = answer["Labels"][0]
    assert (label["Name"], label["Parents"]) == ("Cat", [{"Name": "Animal"}])
    assert label["Instances"][0]["BoundingBox"] == {
        "Left": 0.1,
        "Top": 0.2,
        "Width": 0.5,
        "Height": 0.6,
    }


def test_every_part_of_a_label_that_boto3_knows_is_there(client: RekognitionClient) -> None:
    label = client.detect_labels(Image={"Bytes": JPEG})["Labels"][0]

    known: Any = OPERATION.output_shape
    assert set(label) == set(known.members["Labels"].member.members)


def test_a_wrong_parameter_is_refused_as_boto3_refuses_it(client: RekognitionClient) -> None:
    real = boto3.client("rekognition")
    wrong: dict[str, Any] = {"Image": {"Bytes": JPEG}, "MaxLabel": 5}

    with pytest.raises(ParamValidationError) as expected:
        real.detect_labels(**wrong)
    with pytest.raises(ParamValidationError) as caught:
        client.detect_labels(**wrong)

    assert str(caught.value) == str(expected.value)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Image": {"Bytes": b"no picture"}}, "InvalidImageFormatException"),
        ({"Image": {"S3Object": {"Bucket": "bucket", "Name": "n"}}}, "InvalidS3ObjectException"),
        (
            {"Image": {"Bytes": JPEG}, "Features": ["IMAGE_PROPERTIES"]},
            "InvalidParameterException",
        ),
    ],
)
def test_an_error_has_the_class_and_the_code_of_boto3(
    client: RekognitionClient, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(getattr(client.exceptions, code)) as caught:
        client.detect_labels(**parameters)

    assert isinstance(caught.value, ClientError)
    assert caught.value.response["Error"]["Code"] == code


def test_a_limit_is_throttling() -> None:
    problem = {"code": "too_many_requests", "detail": "Wait."}
    transport = httpx.MockTransport(lambda _: httpx.Response(429, json=problem))
    spotter = Spotter(API, TokenAuth("token"), retries=Retries(count=0), transport=transport)
    client = RekognitionClient(spotter)

    with pytest.raises(client.exceptions.ThrottlingException):
        client.detect_labels(Image={"Bytes": JPEG})


@pytest.mark.parametrize("error", [PhotoError("no"), SignInError("no")])
def test_our_own_errors_have_codes_that_boto3_knows(error: PhotoError | SignInError) -> None:
    client = RekognitionClient(Spotter(API, TokenAuth("token")))

    found = client._translate(error)

    assert found.response["Error"]["Code"] in {it.name for it in OPERATION.error_shapes}


def test_the_table_names_only_codes_that_exist() -> None:
    problems = {problem["code"] for problem in find_problems(build_document()).values()}

    assert set(EXCEPTIONS) <= problems | set(find_task_errors())
    assert set(EXCEPTIONS.values()) | {"InternalServerError"} <= {
        it.name for it in OPERATION.error_shapes
    } | {"LimitExceededException"}
