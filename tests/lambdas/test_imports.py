"""Each imported module makes a cold start slower; a client made late makes a request slower."""

import subprocess
import sys

from infra.local.resources.functions import EVENTS, FUNCTIONS

HEAVY = (
    "aws_lambda_powertools.utilities.parser",
    "aws_xray_sdk",  # Imported on AWS only, where somebody listens
    "boto3",
    "cv2",
    "django",
    "email_validator",
    "http.server",
    "jinja2",
    "multiprocessing",
    "numpy",
    "pipeline.lambdas.openapi",
    "pydantic.v1",
    "pydantic_settings",
    "requests",
    "s3transfer",
    "yaml",
)

ROUTING = ("asyncio", "aws_lambda_powertools.event_handler", "pipeline.lambdas.app")

IMPORT_ALL = "; ".join(f"import pipeline.lambdas.{function}" for function in FUNCTIONS)
IMPORT_EVENTS = "; ".join(f"import pipeline.lambdas.{function}" for function in EVENTS)

FIRST_CALLS = f"""
{IMPORT_ALL}
from botocore.session import Session
from pipeline.core.tasks.record import Task
from pipeline.lambdas.limits import TokenBucket
del Session.create_client
print(len({{id(model._get_connection().connection.client) for model in (Task, TokenBucket)}}))
"""


def test_no_function_imports_a_heavy_module() -> None:
    modules = set(run(f"{IMPORT_ALL}; import sys; print(*sys.modules)").split())

    assert "pipeline.lambdas.upload" in modules
    assert modules.isdisjoint(HEAVY)


def test_a_function_without_a_route_imports_nothing_for_routes() -> None:
    modules = set(run(f"{IMPORT_EVENTS}; import sys; print(*sys.modules)").split())

    assert "pipeline.lambdas.sweep" in modules
    assert modules.isdisjoint(ROUTING)


def test_the_function_uploaded_makes_all_its_clients_at_its_start() -> None:
    code = "import pipeline.lambdas.uploaded, gc; from botocore.client import BaseClient;"
    names = "print(*(it.meta.service_model.service_name for it in gc.get_objects()"

    made = run(f"{code} {names} if isinstance(it, BaseClient)))").split()

    # Every event copies a picture, so making the client of S3 later would only move the time.
    assert set(made) == {"dynamodb", "s3", "sqs"}


def test_the_first_request_finds_one_client_of_the_table() -> None:
    assert run(FIRST_CALLS).split() == ["1"]


def test_imports_do_not_run_the_garbage_collector() -> None:
    look = "print(gc.get_stats()[0]['collections'])"

    before, after = run(f"import gc; {look}; import pipeline.lambdas.upload; {look}").split()

    assert int(after) - int(before) <= 1


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout
