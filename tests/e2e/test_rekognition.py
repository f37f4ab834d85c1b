"""Amazon Rekognition's stand-in as an engine: asked for, asked where needed, and out of budget.

The system of these tests offers it for `USD_A_DAY`, which pays for two pictures.
"""

from collections.abc import Callable
from typing import Any

import cv2
import httpx
import numpy as np
import psutil
import pytest

from infra.local.demo.show import find_demo_photos
from tests.e2e.conftest import User, wait_until

UNSURE = 50
PRICE_USD = 0.001


@pytest.fixture(scope="module", autouse=True)
def _stand_in_answers(workers: Callable[[], list[int]]) -> None:
    """Wait for it: a call that fails makes a worker ask nobody for 30 s."""
    [worker] = wait_until(workers)[:1]
    url = psutil.Process(worker).environ()["AWS_ENDPOINT_URL_REKOGNITION"]
    wait_until(lambda: is_listening(url))


def is_listening(url: str) -> bool:
    try:
        return httpx.get(url).status_code > 0
    except httpx.TransportError:
        return False


def ask(user: User, picture: bytes, engine: str) -> dict[str, Any]:
    """Send a picture and wait for its result."""
    sent = user.http.post(
        "/upload",
        content=picture,
        params={"engine": engine, "minConfidence": "1"},
        headers={"Content-Type": "image/jpeg"},
    )
    assert sent.status_code == 202, sent.text
    result: dict[str, Any] = user.client.wait_for_result(sent.json()["taskId"])
    return result


def draw_fog() -> bytes:
    """A picture of which our networks are unsure."""
    noise = np.random.default_rng(5).normal(127, 12, (240, 320, 3)).clip(0, 255)
    fog = cv2.GaussianBlur(noise.astype(np.uint8), (0, 0), 9)
    return bytes(cv2.imencode(".jpg", fog)[1])


def test_rekognition_answers_within_its_budget_and_our_networks_beyond_it(user: User) -> None:
    dog = next(path for path in find_demo_photos() if path.stem == "dog").read_bytes()
    own = ask(user, dog, "spotter")
    fog = ask(user, draw_fog(), "spotter")
    assert own["engine"]["answer"] == {"by": "spotter", "reason": "asked", "costUsd": 0}
    assert max(label["confidence"] for label in fog["labels"]) < UNSURE

    sure = ask(user, dog, "auto")
    unsure = ask(user, draw_fog(), "auto")
    asked = ask(user, dog, "rekognition")
    late = ask(user, dog, "rekognition")

    assert sure["engine"]["answer"] == {"by": "spotter", "reason": "sure", "costUsd": 0}
    assert unsure["engine"]["answer"] == {
        "by": "rekognition",
        "reason": "unsure",
        "costUsd": PRICE_USD,
    }
    assert asked["engine"]["answer"] == {
        "by": "rekognition",
        "reason": "asked",
        "costUsd": PRICE_USD,
    }
    assert "dog" in {label["name"] for label in asked["labels"]}
    assert "rekognitionLabels" in asked["models"]
    assert late["engine"]["answer"] == {"by": "spotter", "reason": "budget_spent", "costUsd": 0}
    assert late["labels"] == sure["labels"] == own["labels"]
    assert "rekognitionLabels" not in late["models"]
