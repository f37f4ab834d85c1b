"""The bench can start every function of the service."""

import os
import subprocess
import sys

from infra.local.layout import REPOSITORY
from infra.local.resources.functions import FUNCTIONS
from tools.bench.functions import ENVIRONMENT


def test_every_function_starts_with_the_variables_of_the_bench() -> None:
    imports = "; ".join(f"import pipeline.lambdas.{function}" for function in FUNCTIONS)
    environment = {"PATH": os.environ["PATH"], **ENVIRONMENT}

    subprocess.run(
        [sys.executable, "-c", imports], cwd=REPOSITORY, env=environment, check=True, timeout=120
    )
