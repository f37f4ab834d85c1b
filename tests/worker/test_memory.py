import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux counts what RLIMIT_DATA limits")
@pytest.mark.parametrize(("megabytes", "outcome"), [(256, "MemoryError"), (2048, "fine")])
def test_memory_beyond_the_limit_is_refused_and_the_process_lives(
    megabytes: int, outcome: str
) -> None:
    code = (
        "from pipeline.worker.memory import limit_memory\n"
        f"limit_memory({megabytes})\n"
        "try:\n"
        "    bytearray(1 << 30); print('fine')\n"
        "except MemoryError:\n"
        "    print('MemoryError')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)

    assert done.stdout.strip() == outcome, done.stderr
