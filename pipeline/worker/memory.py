"""The memory that this process may take, and where it comes from."""

import ctypes
import resource

_M_ARENA_MAX = -8
"""https://man7.org/linux/man-pages/man3/mallopt.3.html"""


def share_arenas(count: int) -> None:
    """Let the threads that will start share this many of malloc's arenas. Only glibc has them.

    Left alone, each thread has its own. Then a slot never gets the memory that another has just
    freed, which is still in the processor's caches: that takes 4 % of a core.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_ARENA_MAX, count)


def limit_memory(megabytes: int) -> None:
    """Refuse this process more memory than that: an allocation fails, nobody is killed.

    RLIMIT_DATA counts private writable memory, which is what pictures and networks take. Unlike
    RLIMIT_AS it leaves out address space that is reserved and never used, of which every thread
    takes much. macOS accepts the limit and ignores it.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes * 1024**2
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
