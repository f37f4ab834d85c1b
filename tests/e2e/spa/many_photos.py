"""The page with a history of 5,000 photos, without a system: this process answers for the API.

So nobody has to send 5,000 photos first, and nothing else runs while the page is measured.
"""

import base64
import io
import json
import mimetypes
import queue
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from infra.local.demo.show import find_demo_photos
from infra.local.layout import REPOSITORY
from pipeline.core.fingerprint import VECTOR_SIZE

PHOTOS = 5_000
DAYS = 30
THUMBNAIL_PX = 320
CLIENT_ID = "scrolling"
WORDS = [{"name": "cat", "count": PHOTOS}, {"name": "studio couch", "count": PHOTOS}]
BEGIN_TAG = "<script src='/begin.js'></script>"
EMPTY = "<body style='margin:0;height:250000px'><h1>Empty</h1></body>"
"""A page of the same height with a little text: what the browser itself needs."""


@contextmanager
def serving(folder: Path, begin: str) -> Iterator["Server"]:
    """Serve the built page in `folder` and the photos. The page runs the script `begin` first."""
    server = Server(folder, begin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()


def build_tokens() -> dict[str, str]:
    """The tokens of nobody. Only this server takes them."""
    expires = int(datetime.now(UTC).timestamp()) + 86_400
    claims = {"sub": "somebody", "email": "somebody@example.com", "exp": expires, "iat": 0}
    token = ".".join([_encode({"alg": "none"}), _encode(claims), ""])
    return {"IdToken": token, "AccessToken": token, "RefreshToken": "none"}


def _encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


class Photos:
    """Answers the questions of the history: the demo photos over and over, over 30 days."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._start = datetime.now(UTC)
        self._thumbnails = [_build_thumbnail(path) for path in find_demo_photos()]

    def list_results(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        begin = int(asked["cursor"][0]) if "cursor" in asked else self._find(asked.get("to"))
        limit = int(asked["limit"][0])
        end = min(begin + limit, PHOTOS)
        results = [self._build(number) for number in range(begin, end)]
        cursor = str(end) if end < PHOTOS else None
        return {"results": results, "nextCursor": cursor, "notice": None}

    def _find(self, before: list[str] | None) -> int:
        """The number of the first photo that was sent before a time."""
        if before is None:
            return 0
        age = self._start - datetime.fromisoformat(before[0])
        return max(0, int(age * PHOTOS / timedelta(days=DAYS)) + 1)

    def list_days(self) -> dict[str, Any]:
        newest = [self._start - timedelta(days=day) for day in range(DAYS)]
        return {"days": [{"newestAt": at.isoformat()} for at in newest]}

    def get_thumbnail(self, number: int) -> bytes:
        return self._thumbnails[number % len(self._thumbnails)][0]

    def _build(self, number: int) -> dict[str, Any]:
        _, width, height = self._thumbnails[number % len(self._thumbnails)]
        created_at = self._start - number * timedelta(days=DAYS) / PHOTOS
        url = f"{self._origin}/thumbnails/{number}"
        image = {"url": url, "thumbnailUrl": url, "width": width, "height": height}
        return {
            **self._example,
            "text": None,  # As in all lists
            "taskId": f"photo-{number}",
            "createdAt": created_at.isoformat(),
            "fingerprint": {**self._example["fingerprint"], "vector": build_vector(number)},
            "image": {**self._example["image"], **image, "urlExpiresAt": "2999-01-01T00:00:00Z"},
        }

    @cached_property
    def _example(self) -> dict[str, Any]:
        """A result as the API's document shows it."""
        document = json.loads((REPOSITORY / "docs/api/openapi.json").read_text())
        answer = document["paths"]["/results/{taskId}"]["get"]["responses"]["200"]
        example: dict[str, Any] = answer["content"]["application/json"]["examples"]["succeeded"][
            "value"
        ]
        return example


def build_vector(number: int) -> str:
    """A vector of the usual size. Each photo has its own."""
    return base64.b64encode(random.Random(number).randbytes(VECTOR_SIZE)).decode()


def _build_thumbnail(path: Path) -> tuple[bytes, int, int]:
    """A small copy as JPEG, and the size of the photo."""
    with Image.open(path) as photo:
        width, height = photo.size
        small = photo.convert("RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=80)
    return file.getvalue(), width, height


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, begin: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.folder = folder
        self.begin = begin
        self.photos = Photos(self.origin)
        self.loaded: set[int] = set()
        """The photos whose thumbnails the page has loaded."""
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        """What the script told, in order."""

    def handle_error(self, *_: object) -> None:
        """Say nothing: a browser that scrolls on breaks off what it no longer needs."""


class Handler(BaseHTTPRequestHandler):
    """The page's files, its settings, the history, and 404 for the rest of the API."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        match address.path.split("/"):
            case ["", "thumbnails", number]:
                self.server.loaded.add(int(number))
                self._send("image/jpeg", self.server.photos.get_thumbnail(int(number)))
            case ["", "begin.js"]:
                self._send("text/javascript", self.server.begin.encode())
            case ["", "empty"]:
                self._send("text/html", (BEGIN_TAG + EMPTY).encode())
            case ["", "config.json"]:
                self._send_json(self._build_config())
            case ["", "api", *path]:
                self._answer("/".join(path), parse_qs(address.query))
            case _:
                self._send_file(self.server.folder / address.path.lstrip("/"))

    def _answer(self, path: str, asked: dict[str, list[str]]) -> None:
        """Answer as the API."""
        photos = self.server.photos
        match path:
            case "results":
                self._send_json(photos.list_results(asked))
            case "results/days":
                self._send_json(photos.list_days())
            case "results/words":
                self._send_json({"words": WORDS, "nextCursor": None})
            case _:
                self._send_json({"code": "not_found", "title": "Not found"}, status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path == "/said":
            self.server.said.put(json.loads(body))
            return self._send_json({})
        self._send_json({"code": "not_found", "title": "Not found"}, status=404)

    def log_message(self, *_: object) -> None:
        """Say nothing: only the numbers are printed."""

    def _build_config(self) -> dict[str, str]:
        origin = self.server.origin
        return {
            "apiUrl": f"{origin}/api",
            "userPoolId": "us-east-1_scrolling",
            "userPoolClientId": CLIENT_ID,
            "userPoolEndpoint": origin,
        }

    def _send_file(self, path: Path) -> None:
        if not path.is_file():
            page = (self.server.folder / "index.html").read_text()
            return self._send("text/html", page.replace("<head>", f"<head>{BEGIN_TAG}", 1).encode())
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._send(kind, path.read_bytes())

    def _send_json(self, body: dict[str, Any], *, status: int = 200) -> None:
        self._send("application/json", json.dumps(body).encode(), status=status)

    def _send(self, content_type: str, body: bytes, *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)
