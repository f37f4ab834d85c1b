"""The package of the functions: one archive for all of them."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from infra.package.archive import Artefact, describe_file, write_zip
from infra.package.botocore_data import keep_services
from infra.package.stage import AWS, CORE, Target, compile_code, copy_code, install
from infra.repository import REPOSITORY

CODE = (*CORE, "pipeline/lambdas")
SERVICES = frozenset(
    {
        "apigatewaymanagementapi",
        "cloudwatch",
        "cognito-idp",
        "dynamodb",
        "kinesis",
        "s3",
        "sesv2",
        "sqs",
        "xray",
    }
)
"""The AWS services that the functions and their tracer call."""


def build_functions(folder: Path, repository: Path = REPOSITORY) -> Artefact:
    """Build `lambdas.zip` in `folder` for AWS."""
    path = folder / "lambdas.zip"
    with tempfile.TemporaryDirectory() as staging:
        stage = Path(staging)
        stage_functions(stage, AWS, repository)
        write_zip(stage, path)
    return describe_file(path)


def stage_functions(stage: Path, target: Target, repository: Path = REPOSITORY) -> None:
    """Put the content of the functions' package into the folder `stage`."""
    install(repository / "requirements/lambdas.txt", stage, target)
    keep_services(stage / "botocore/data", SERVICES)
    copy_code(CODE, repository, stage)
    compile_code(stage, target)


def zip_code(repository: Path = REPOSITORY) -> bytes:
    """A zip archive of the functions' own code, without the packages that they import."""
    archive = io.BytesIO()
    with tempfile.TemporaryDirectory() as staging:
        copy_code(CODE, repository, Path(staging))
        write_zip(Path(staging), archive)
    return archive.getvalue()
