"""The provider as Terraform's plugin: gRPC on a Unix socket.

Terraform starts it through the launcher in the mirror. Its Python is the environment of
requirements/terraform_offline.txt, so it imports nothing outside this folder but those packages.

Run as: python -m infra.terraform_offline.serve SCHEMA CERTIFICATE KEY
"""

from __future__ import annotations

import base64
import os
import signal
import ssl
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc

from infra.terraform_offline.provider import Handler, Provider

MAGIC_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""Terraform sets TF_PLUGIN_MAGIC_COOKIE to this, see its plugin protocol."""


def serve(response: bytes, certificate: str, key: str) -> None:
    """Serve on a Unix socket, tell Terraform its address, and wait for the end."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=8), options=[("grpc.max_send_message_length", -1)]
    )
    ended = threading.Event()

    def shutdown(request: bytes) -> bytes:
        ended.set()
        return b""

    _add(server, "tfplugin5.Provider", Provider(response).get_handlers())
    _add(server, "plugin.GRPCController", {"Shutdown": shutdown})
    with tempfile.TemporaryDirectory(prefix="terraform-") as folder:
        socket = f"{folder}/provider.sock"
        pair = (key.encode(), certificate.encode())
        server.add_secure_port(f"unix:{socket}", grpc.ssl_server_credentials([pair]))
        server.start()
        der = base64.b64encode(ssl.PEM_cert_to_DER_cert(certificate)).decode().rstrip("=")
        sys.stdout.write(f"1|5|unix|{socket}|grpc|{der}\n")
        sys.stdout.flush()
        parent = os.getppid()
        while not ended.wait(1) and os.getppid() == parent:  # Terraform may also be killed
            pass
        server.stop(0.1).wait()


def _add(server: grpc.Server, service: str, handlers: dict[str, Handler]) -> None:
    methods = {name: _build_method(handler) for name, handler in handlers.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))


def _build_method(handler: Handler) -> Any:
    return grpc.unary_unary_rpc_method_handler(lambda request, context: handler(request))


def main() -> None:
    if os.environ.get("TF_PLUGIN_MAGIC_COOKIE") != MAGIC_COOKIE:
        sys.exit("This is a Terraform provider: terraform starts it, nobody else.")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Terraform gets it too, and ends its providers
    schema, certificate, key = map(Path, sys.argv[1:])
    serve(schema.read_bytes(), certificate.read_text(), key.read_text())


if __name__ == "__main__":
    main()
