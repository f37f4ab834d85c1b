"""A cold start pays for every module that is imported."""

import subprocess
import sys

from infra.local.resources.functions import FUNCTIONS

HEAVY = (
    "aws_xray_sdk",  # Imported on AWS only, where somebody listens
    "boto3",
    "cv2",
    "django",
    "email_validator",
    "jinja2",
    "numpy",
    "pipeline.lambdas.openapi",
    "pydantic_settings",
    "requests",
    "s3transfer",
    "yaml",
)


def test_no_function_imports_a_heavy_module() -> None:
    imports = "; ".join(f"import pipeline.lambdas.{function}" for function in FUNCTIONS)
    code = f"{imports}; import sys; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    modules = set(done.stdout.split())
    assert "pipeline.lambdas.upload" in modules
    assert modules.isdisjoint(HEAVY)
