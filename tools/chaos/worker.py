"""A worker with faults inside: `python -m tools.chaos.worker VISIBILITY SKEW`.

It is `python -m pipeline.worker` with hooks in botocore, around libcurl and around the networks.
The visibility timeout is shorter, and the clock may be wrong.
"""

import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import wraps
from typing import Any, Self

from tools.chaos.injected import chaos_hooks


def main() -> None:
    visibility_seconds, skew_seconds = int(sys.argv[1]), float(sys.argv[2])
    chaos_hooks.install()

    # Must run before the modules that import it.
    from pipeline.core import settings

    settings.VISIBILITY_SECONDS = visibility_seconds

    from pipeline.worker import __main__ as worker
    from pipeline.worker.settings import WorkerSettings
    from pipeline.worker.vision.recognizer import Recognize

    if skew_seconds:
        shift_clock(timedelta(seconds=skew_seconds))
    strike_direct_calls()
    strike_steps()

    def load(settings: WorkerSettings) -> Recognize:
        recognize = worker.load_recognizer(settings)

        @wraps(recognize)
        def recognize_downloaded(*arguments: Any, **named: Any) -> Any:
            chaos_hooks.reach("downloaded")
            found = recognize(*arguments, **named)
            chaos_hooks.reach("inferred")
            return found

        return recognize_downloaded

    worker.main(load)


def strike_steps() -> None:
    """Inject the faults that strike after decoding and after storing the copies."""
    from pipeline.worker import copies, recognition
    from pipeline.worker.vision.classifier import Classifier

    classify = Classifier.compute_logits

    @wraps(classify)
    def classify_decoded(self: Classifier, *arguments: Any, **named: Any) -> Any:
        chaos_hooks.reach("decoded")
        return classify(self, *arguments, **named)

    # The first step after decoding
    Classifier.compute_logits = classify_decoded  # type: ignore[method-assign]

    store_copies = copies.store_copies

    @wraps(store_copies)
    def store_copies_and_reach(*arguments: Any, **named: Any) -> Any:
        stored = store_copies(*arguments, **named)
        chaos_hooks.reach("copied")
        return stored

    recognition.store_copies = store_copies_and_reach  # type: ignore[attr-defined]


def strike_direct_calls() -> None:
    """Inject the faults into libcurl's calls too. There every fault means no answer."""
    from pipeline.worker.direct import Direct

    send = Direct.send

    @wraps(send)
    def send_or_strike(
        self: Direct,
        url: str,
        headers: Sequence[str] = (),
        body: bytes | None = None,
        **named: Any,
    ) -> bytes | None:
        action = chaos_hooks.choose_action(self.service)
        if action == "latency":
            time.sleep(chaos_hooks.LATENCY_SECONDS)
        elif action:
            if action == "lost_answer":
                send(self, url, headers, body, **named)
            if action in ("lost_answer", "timeout"):
                time.sleep(chaos_hooks.TIMEOUT_SECONDS)
            return None
        answer = send(self, url, headers, body, **named)
        targets = [header for header in headers if header.startswith("X-Amz-Target")]
        if targets and body and answer:
            [target] = targets
            chaos_hooks.follow(target.split(".")[1], json.loads(body), json.loads(answer))
        return answer

    Direct.send = send_or_strike  # type: ignore[method-assign]


def shift_clock(skew: timedelta) -> None:
    """Shift the clock of our code and of botocore's signatures by `skew`."""
    import botocore.auth
    import botocore.compat

    from pipeline.core.tasks import transitions
    from pipeline.worker import health, recognition

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + skew

    for module in (transitions, recognition, health):
        module.datetime = Shifted  # type: ignore[attr-defined]
    right = botocore.compat.get_current_datetime
    botocore.auth.get_current_datetime = lambda *arguments, **named: (  # type: ignore[attr-defined]
        right(*arguments, **named) + skew
    )


if __name__ == "__main__":
    main()
