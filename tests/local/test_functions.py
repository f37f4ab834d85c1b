"""Tools tell the functions' processes apart."""

import pytest

from infra.local.names import FIRST_REGION, SECOND_REGION
from infra.local.resources.functions import find_function


@pytest.mark.parametrize(
    ("folder", "function"),
    [
        ("/tmp/run/ministack-lambda-spotter-local-upload-k3_x9/code", "upload"),
        ("/tmp/run/ministack-lambda-spotter-local-get-result-abc123/code", "get_result"),
        ("/tmp/run", None),
        ("/tmp/run/ministack-lambda-another-abc123/code", None),
    ],
)
def test_the_folder_of_a_process_tells_its_function(folder: str, function: str | None) -> None:
    assert find_function(folder) == function


def test_the_folder_of_a_process_tells_its_region() -> None:
    folder = "/tmp/run/ministack-lambda-spotter-local-eu-west-1-upload-k3_x9/code"

    assert find_function(folder, SECOND_REGION) == "upload"
    assert find_function(folder, FIRST_REGION) is None
