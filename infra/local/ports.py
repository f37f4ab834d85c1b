"""Ports of this machine. Imports the standard library only, see preflight.py."""

import socket

HOST = "127.0.0.1"
DEFAULT_PORT = 4566


def is_free(port: int) -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as probe:
        # As servers do it: connections of an earlier run that still time out are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def find_free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def choose_port(preferred: int) -> int:
    """The preferred port, or another one if somebody listens on it."""
    return preferred if is_free(preferred) else find_free_port()
