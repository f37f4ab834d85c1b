"""Checks of an upload request that need more than its fields."""

import hashlib
import json
from collections.abc import Collection
from typing import Protocol

from pipeline.core.errors import EngineNotOfferedError, ModelNotOfferedError
from pipeline.core.options import OWN_MODELS, Detail, Engine, Feature, split_models
from pipeline.lambdas.problems import FieldError, InvalidRequestError
from pipeline.lambdas.settings import ApiSettings
from pipeline.lambdas.upload_request import UploadRequest


class Choice(Protocol):
    """Who should look for what."""

    @property
    def engine(self) -> Engine: ...

    @property
    def features(self) -> Collection[Feature]: ...

    @property
    def chosen_models(self) -> Collection[str] | None: ...


def check_engine(request: Choice, settings: ApiSettings, place: str) -> None:
    """Refuse an engine that is not offered, and a feature that our own networks do not have.

    Args:
        request: What was asked for.
        settings: Say whether the operators offer Amazon Rekognition.
        place: Where the fields are: body or query.

    Raises:
        EngineNotOfferedError: The operators have not turned Amazon Rekognition on.
        InvalidRequestError: The engine cannot do what is asked for.
    """
    if request.engine != Engine.SPOTTER:
        if not settings.rekognition_usd_a_day:
            raise EngineNotOfferedError
    elif Feature.MODERATION in request.features:
        detail = "moderation needs engine rekognition or auto"
        raise InvalidRequestError([FieldError(location=f"{place}.features", detail=detail)])


def check_models(request: Choice, settings: ApiSettings) -> None:
    """Refuse a model that is not offered.

    Raises:
        ModelNotOfferedError: Its text names those that are.
    """
    offered = (OWN_MODELS, *split_models(settings.offered_models))
    if any(name not in offered for name in request.chosen_models or ()):
        raise ModelNotOfferedError(
            "This service does not offer one of these models. Name some of: "
            f"{', '.join(offered)}, or leave models out."
        )


def hash_request(request: UploadRequest, image: bytes | None) -> str:
    """What tells two requests with the same Idempotency-Key apart."""
    image_sha256 = None if image is None else hashlib.sha256(image).hexdigest()
    # A field that an earlier release did not know must not change the hash of its requests.
    unknown = set() if request.strip_metadata else {"strip_metadata"}
    if request.engine == Engine.SPOTTER:
        unknown.add("engine")
    if not request.webhook_url:
        unknown.add("webhook_url")
    if not request.reference:
        unknown.add("reference")
    if not request.chosen_models:
        unknown.add("chosen_models")
    fields = request.model_dump(mode="json", exclude=unknown)
    fields["detail"] = request.detail or Detail.FAST  # As earlier releases filled it in
    what_matters = [fields, image_sha256]
    return hashlib.sha256(json.dumps(what_matters, sort_keys=True).encode()).hexdigest()
