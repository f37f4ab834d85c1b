"""The memory that this process may take."""

import resource


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
