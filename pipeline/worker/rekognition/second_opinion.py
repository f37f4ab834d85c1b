"""Decides for each picture whether Amazon Rekognition is asked, and falls back to our own answer.

Our own networks always look first: they decode the picture, make its copies and give the answer
that stays if the budget is spent or Rekognition does not answer. No picture fails because of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.core import rekognition
from pipeline.core.engines import Answer, Reason
from pipeline.core.errors import PermanentError
from pipeline.core.images import read_header
from pipeline.core.options import Engine, Feature, Options
from pipeline.core.rekognition import Charge, add_prices
from pipeline.core.tasks.transitions import StartedTask
from pipeline.worker.metrics import Metrics
from pipeline.worker.rekognition.client import Findings, Rekognition
from pipeline.worker.rekognition.picture import Image, choose_image
from pipeline.worker.vision.recognizer import Recognition

logger = logging.getLogger(__name__)

UNSURE_BELOW = 50.0
"""With `auto`, Rekognition is asked if our best label has less confidence: it is more likely wrong
than right."""

PAUSE_SECONDS = 30
"""How long nobody asks after a call failed. Otherwise each slot would wait for a dead service."""

_CHARGES = {
    Feature.LABELS: Charge.LABELS,
    Feature.TEXT: Charge.TEXT,
    Feature.PROPERTIES: Charge.PROPERTIES,
    Feature.MODERATION: Charge.MODERATION,
}
_IN_ONE_CALL = (Charge.LABELS, Charge.PROPERTIES)
_ABOUT_THE_PICTURE = frozenset(
    {
        "ImageTooLargeException",
        "InvalidImageFormatException",
        "InvalidParameterException",
        "InvalidS3ObjectException",
    }
)
"""Errors after which Rekognition answers for other pictures."""


class SecondOpinion:
    """Asks Rekognition where a request wants it. Safe to share between threads."""

    def __init__(
        self,
        service: Rekognition,
        bucket: str,
        get_budget: Callable[[], int],
        metrics: Metrics,
    ) -> None:
        """Take what it needs. Nothing is called yet.

        Args:
            service: Rekognition.
            bucket: Where the pictures are.
            get_budget: Returns today's budget in micro-dollars. 0 turns Rekognition off.
            metrics: Counts why Rekognition was asked or not.
        """
        self._service = service
        self._bucket = bucket
        self._get_budget = get_budget
        self._metrics = metrics
        self._paused_until = 0.0

    def consider(self, task: StartedTask, data: bytes, found: Recognition) -> Recognition:
        """Return our recognition, or Rekognition's where it was wanted and could be had."""
        considered = self._choose(task, data, found)
        self._metrics.add_second_opinion(considered.answer.reason)
        return considered

    def _choose(self, task: StartedTask, data: bytes, found: Recognition) -> Recognition:
        charges = choose_charges(task.options, found)
        if not charges:
            return _keep(found, Reason.SURE)
        budget = self._get_budget()
        if not budget:
            return _keep(found, Reason.REKOGNITION_OFF)
        if time.monotonic() < self._paused_until:
            return _keep(found, Reason.REKOGNITION_FAILED)
        try:
            image = choose_image(
                self._bucket, task.image_key, data, read_header(data), found.copies
            )
        except PermanentError:
            # Our networks saw a smaller version of the picture than the one to be sent.
            logger.info("Picture cannot be converted for Rekognition", exc_info=True)
            return _keep(found, Reason.REKOGNITION_FAILED)
        if not rekognition.reserve(add_prices(charges), budget):
            return _keep(found, Reason.BUDGET_SPENT)
        return self._ask(image, charges, task.options, found)

    def _ask(
        self, image: Image, charges: tuple[Charge, ...], options: Options, found: Recognition
    ) -> Recognition:
        """Make the calls that were paid for, until one fails."""
        paid: list[Charge] = []
        for call in _split(charges):
            try:
                findings = self._call(image, call, options, found.width / found.height)
            except (BotoCoreError, ClientError) as error:
                logger.warning("Rekognition did not answer: our answer stays", exc_info=True)
                self._settle(error, [charge for charge in charges if charge not in paid])
                return _note(found, options, paid, failed=True)
            paid += call
            found = _combine(found, findings)
        return _note(found, options, paid)

    def _call(
        self, image: Image, call: tuple[Charge, ...], options: Options, ratio: float
    ) -> Findings:
        if Charge.TEXT in call:
            return self._service.detect_text(image, ratio)
        if Charge.MODERATION in call:
            return self._service.detect_moderation(image, options)
        return self._service.detect_labels(image, call, options)

    def _settle(self, error: Exception, unpaid: Iterable[Charge]) -> None:
        """Give back what was not charged, and stop asking for a while if others would fail too."""
        if not isinstance(error, ClientError):
            # Without an answer nobody knows whether the call was charged.
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            return
        rekognition.give_back(add_prices(unpaid))
        if error.response["Error"]["Code"] not in _ABOUT_THE_PICTURE:
            self._paused_until = time.monotonic() + PAUSE_SECONDS


def choose_charges(options: Options, found: Recognition) -> tuple[Charge, ...]:
    """What to ask for. With `auto`, only what our own networks cannot answer well."""
    wanted = set(_CHARGES)
    if options.engine == Engine.AUTO:
        is_sure = any(label.confidence >= UNSURE_BELOW for label in found.labels)
        wanted = {Feature.MODERATION} if is_sure else {Feature.LABELS, Feature.MODERATION}
    return tuple(_CHARGES[feature] for feature in options.features if feature in wanted)


def _split(charges: tuple[Charge, ...]) -> list[tuple[Charge, ...]]:
    """The charges of each call."""
    together = tuple(charge for charge in charges if charge in _IN_ONE_CALL)
    others = [charge for charge in charges if charge not in _IN_ONE_CALL]
    return [*([together] if together else []), *((charge,) for charge in others)]


def _combine(found: Recognition, findings: Findings) -> Recognition:
    return replace(
        found,
        labels=found.labels if findings.labels is None else findings.labels,
        properties=findings.properties or found.properties,
        text=findings.text or found.text,
        moderation=found.moderation if findings.moderation is None else findings.moderation,
        models={**found.models, **findings.models},
    )


def _keep(found: Recognition, reason: Reason) -> Recognition:
    return replace(found, answer=Answer(by=Engine.SPOTTER, reason=reason, cost_usd=0))


def _note(
    found: Recognition, options: Options, paid: list[Charge], *, failed: bool = False
) -> Recognition:
    """Say who found the labels, why, and what was paid."""
    has_labels = Charge.LABELS in paid or (Feature.LABELS not in options.features and not failed)
    by = Engine.REKOGNITION if has_labels else Engine.SPOTTER
    if failed:
        reason = Reason.REKOGNITION_FAILED
    elif options.engine == Engine.REKOGNITION:
        reason = Reason.ASKED
    else:
        reason = Reason.UNSURE if by == Engine.REKOGNITION else Reason.SURE
    cost_usd = add_prices(paid) / rekognition.MICRO
    return replace(found, answer=Answer(by=by, reason=reason, cost_usd=cost_usd))
