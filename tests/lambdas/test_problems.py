"""Every error of the pipeline has a status of its own choosing."""

import pytest

from pipeline.core import errors
from pipeline.core.errors import PipelineError
from pipeline.lambdas.problems import FieldError, InvalidRequestError
from pipeline.lambdas.statuses import build_problem


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidCursorError(), 400),
        (errors.TaskNotFoundError(), 404),
        (errors.TaskNotRetryableError(), 409),
        (errors.IdempotencyKeyReusedError(), 409),
        (errors.EmptyImageError(), 422),
        (errors.TooManyPixelsError(), 422),
        (PipelineError(), 500),
    ],
)
def test_an_error_becomes_a_problem(error: PipelineError, status: int) -> None:
    problem = build_problem(error)

    assert (problem.status, problem.code, problem.detail) == (status, error.code, str(error))


def test_an_invalid_request_names_its_fields() -> None:
    fields = [FieldError(location="body.sizeBytes", detail="Field required")]

    assert build_problem(InvalidRequestError(fields)).errors == fields
