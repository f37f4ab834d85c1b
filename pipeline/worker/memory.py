"""Limits the memory of this process and the number of malloc's arenas."""

import ctypes
import resource

_M_ARENA_MAX = -8
"""https://man7.org/linux/man-pages/man3/mallopt.3.html"""


def share_arenas(count: int) -> None:
    """Let all threads share this many arenas of malloc. Call it before they start; glibc only.

    By default each thread has its own arena. Then a slot cannot reuse the memory that another slot
    has just freed and that is still in the processor's caches. That costs 4 % of a core.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_ARENA_MAX, count)


def limit_memory(megabytes: int) -> None:
    """Limit the memory of this process. Beyond it an allocation raises MemoryError.

    RLIMIT_DATA counts private writable memory, which pictures and networks use. RLIMIT_AS would
    also count address space that threads reserve and never use. macOS ignores the limit.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes * 1024**2
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
