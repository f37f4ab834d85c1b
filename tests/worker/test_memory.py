import platform
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="Only glibc has arenas")
@pytest.mark.parametrize("count", [1, 2])
def test_threads_share_one_arena_for_each_core(count: int) -> None:
    code = (
        "import ctypes, threading\n"
        "from pipeline.worker.memory import share_arenas\n"
        f"share_arenas({count})\n"
        "libc, together = ctypes.CDLL(None), threading.Barrier(4)\n"
        "def take():\n"
        "    libc.malloc(500); together.wait(60)\n"
        "threads = [threading.Thread(target=take) for _ in range(4)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "libc.fdopen.restype = ctypes.c_void_p\n"
        "libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b'w'))); libc.fflush(None)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)

    assert done.stdout.count("<heap nr=") == count, done.stderr
