"""A pytest plugin that notes which AWS calls our code makes: `pytest -p tests.infra.recorder`.

It writes a JSON line a call to the file that AWS_CALLS names: who called, which operation, on what.
"""

import json
import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from botocore import signers
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError

REPOSITORY = Path(__file__).parents[2]
KEPT = {
    "dynamodb": ("TableName", "IndexName", "RequestItems"),
    "s3": ("Bucket", "Key"),
    "sqs": ("QueueUrl",),
}
_lock = threading.Lock()


def find_caller(frame: FrameType | None) -> str | None:
    """The function, worker or portal whose code stands outermost on the stack.

    None where a test calls, on its own or from inside ours, to play what happens meanwhile.
    """
    caller = None
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(REPOSITORY):
            parts = path.relative_to(REPOSITORY).parts
            if parts[0] == "tests" and path.name != "recorder.py" and caller is None:
                return None
            if parts[:2] == ("pipeline", "lambdas"):
                caller = path.stem
            elif parts[:2] == ("pipeline", "worker"):
                caller = "worker"
            elif parts[0] == "portal":
                caller = "portal"
        frame = frame.f_back
    return caller


def record(service: str, operation: str, parameters: dict[str, Any]) -> None:
    caller = find_caller(sys._getframe(1))
    if caller is None:
        return  # A test arranging or looking
    on = {name: parameters[name] for name in KEPT.get(service, ()) if name in parameters}
    if "RequestItems" in on:
        on["TableName"] = next(iter(on.pop("RequestItems")))
    line = json.dumps({"caller": caller, "service": service, "operation": operation, "on": on})
    with _lock, Path(os.environ["AWS_CALLS"]).open("a") as file:
        file.write(f"{line}\n")


def pytest_configure() -> None:
    call = vars(BaseClient)["_make_api_call"]
    sign = signers.RequestSigner.generate_presigned_url
    post = signers.S3PostPresigner.generate_presigned_post

    def recorded_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        sent = True
        try:
            return call(self, operation_name, api_params)
        except ParamValidationError:
            sent = False  # botocore did not send it
            raise
        finally:
            if sent:
                record(self.meta.service_model.service_name, operation_name, api_params)

    # Whoever signs a URL lends its rights to whoever opens it.
    def recorded_sign(self: Any, *arguments: Any, **named: Any) -> Any:
        operation = named.get("operation_name") or arguments[1]
        record("s3", operation, {"Bucket": "images", "Key": "images/signed"})
        return sign(self, *arguments, **named)

    def recorded_post(self: Any, *arguments: Any, **named: Any) -> Any:
        record("s3", "PutObject", {"Bucket": "images", "Key": "images/signed"})
        return post(self, *arguments, **named)

    for owner, name, replacement in (
        (BaseClient, "_make_api_call", recorded_call),
        (signers.RequestSigner, "generate_presigned_url", recorded_sign),
        (signers.S3PostPresigner, "generate_presigned_post", recorded_post),
    ):
        setattr(owner, name, replacement)
