"""The task record in DynamoDB and its indexes. `transitions` changes a task's status."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from pydantic import TypeAdapter
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import STREAM_NEW_AND_OLD_IMAGE
from pynamodb.models import Model

from pipeline.core.corrections import Corrections, correct_labels
from pipeline.core.dynamo import BaseMeta
from pipeline.core.engines import OWN_ANSWER, Answer
from pipeline.core.errors import HOPELESS_CODES, TaskNotFoundError
from pipeline.core.fingerprint import Fingerprint
from pipeline.core.labels import Label, decode_labels
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import DEFAULT_FEATURES, Detail, Feature, sort_features
from pipeline.core.properties import ImageProperties
from pipeline.core.settings import FORM_LIFETIME, RETENTION
from pipeline.core.tasks.attempts import Attempt
from pipeline.core.tasks.indexes import (
    CorrectedIndex,
    OwnerIndex,
    OwnerStatusIndex,
    ReferenceIndex,
    RetryingIndex,
    StatusIndex,
    UnfinishedIndex,
)
from pipeline.core.tasks.refusals import RefusalIndex
from pipeline.core.text import FoundText, decode_text

_MODERATION = TypeAdapter(list[ModerationLabel])


class TaskStatus(StrEnum):
    """Where a task is in its life."""

    AWAITING_UPLOAD = "awaiting_upload"  # Saved; the picture is not known to be in storage
    QUEUED = "queued"  # Its message was sent
    PROCESSING = "processing"  # A worker holds its message
    SUCCEEDED = "succeeded"  # Final: `labels` is complete
    FAILED = "failed"  # `error_code` says why; a retry sends it to the queue again
    EXPIRED = "expired"  # The picture was never uploaded
    # Add a status at the end only: stored numbers depend on the order.


OPEN_STATUSES = (TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED, TaskStatus.PROCESSING)
"""A delivery may work on these. A message can arrive before its sender has marked the task as
queued, so `awaiting_upload` is one of them."""


_LIST_STEP = 10**17
"""More microseconds than will have passed since 1970 in the next thousand years."""


def build_list_number(status: TaskStatus, created_us: int = 0) -> int:
    """The place of a task in `by_owner_status`: by status, then by time of creation.

    An update can add a number to `created_us`, which DynamoDB knows. It cannot join texts.
    """
    return list(TaskStatus).index(status) * _LIST_STEP + created_us


RETRYING = "yes"
"""The only value of `Task.retrying`."""

CORRECTED = "yes"
"""The only value of `Task.corrected`."""


class Task(Model):
    """One request to recognise one image."""

    class Meta(BaseMeta):
        stream_view_type = STREAM_NEW_AND_OLD_IMAGE  # `announce` compares the statuses

    task_id = UnicodeAttribute(hash_key=True, default_for_new=lambda: str(uuid4()))
    owner_id = UnicodeAttribute()
    """Cognito's `sub` of the user."""
    status = UnicodeAttribute(default_for_new=TaskStatus.AWAITING_UPLOAD.value)
    created_at = UTCDateTimeAttribute(null=True, default_for_new=lambda: datetime.now(UTC))
    """None on the stored version of a result, `versions`: no list shows it."""
    updated_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    expires_at = TTLAttribute(default_for_new=RETENTION)
    unfinished_since = UTCDateTimeAttribute(
        null=True, attr_name="in_flight_since", default_for_new=lambda: datetime.now(UTC)
    )
    """When the task was created or last retried; removed when it is finished."""

    created_us = NumberAttribute(null=True)  # `created_at` since 1970, for `listed_as`
    listed_as = NumberAttribute(null=True)
    """Status and time of creation as one number: `build_list_number`."""

    image_key = UnicodeAttribute(null=True)
    """Where the picture is. It has none while a form awaits it, and after it was deleted."""
    has_preview = BooleanAttribute(null=True)
    """Whether a preview is beside the picture. Small pictures need none."""
    has_thumbnail = BooleanAttribute(null=True)
    strip_metadata = BooleanAttribute(null=True)  # None counts as no
    content_type = UnicodeAttribute()
    size_bytes = NumberAttribute()
    file_name = UnicodeAttribute(null=True)
    owner_reference = UnicodeAttribute(null=True)
    """`build_reference` of the owner and of their own name for the task; None without one."""
    api_key_id = UnicodeAttribute(null=True)  # None if a person sent it
    webhook_url = UnicodeAttribute(null=True)  # Address that is told of this one upload
    min_confidence = NumberAttribute()
    max_labels = NumberAttribute()
    features = UnicodeSetAttribute(null=True)
    """What was asked for, by the names of `Feature`. Records of earlier releases have none."""
    detail = UnicodeAttribute(null=True)
    """One of `Detail`: what the request or its account chose. None if nobody chose."""
    looked = UnicodeAttribute(null=True)
    """One of `Detail`: how closely the detector looked. Records of earlier releases have none."""
    engine = UnicodeAttribute(null=True)
    """One of `Engine`: who was asked. Records of earlier releases have none."""
    chosen_models = UnicodeSetAttribute(null=True)
    """The models that the request names. None for the usual ones of the workers."""
    request_hash = UnicodeAttribute(null=True)
    """SHA-256 of the request that came with an Idempotency-Key: detects reuse of the key."""

    queued_at = UTCDateTimeAttribute(null=True)
    started_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    receive_count = NumberAttribute(null=True)
    requeue_count = NumberAttribute(default_for_new=0)
    """How often the sweep had to send the task's message again."""
    worker = UnicodeAttribute(null=True)
    worker_version = UnicodeAttribute(null=True)
    """The release of the worker that started the task last."""
    copied_from = UnicodeAttribute(null=True)
    """The task whose picture this one recognises again. Only earlier releases made such tasks."""
    version = NumberAttribute(null=True)
    """Which version of the result this record has. None counts as 1."""
    versions_asked = NumberAttribute(null=True)
    """The highest version that was ever asked for. None counts as 1."""
    home_region = UnicodeAttribute(null=True)
    """`regions.Regions`: where its message is. None in a system of one region."""
    adopted_from = UnicodeAttribute(null=True)
    """The lost region that it was taken over from."""

    attempts: ListAttribute[Attempt] = ListAttribute(of=Attempt, null=True)
    """The newest attempts that failed, oldest first: `history.list_attempts`."""
    last_error = UnicodeAttribute(null=True)
    """Type and message of the newest failed delivery, without data of a user."""
    last_error_at = UTCDateTimeAttribute(null=True)
    retrying = UnicodeAttribute(null=True)
    """Set from a failed delivery until the task is finished or sent again."""

    labels = JSONAttribute(null=True)
    properties = JSONAttribute(null=True)
    fingerprint = JSONAttribute(null=True)
    text = JSONAttribute(null=True)  # Written by `encode_text`
    moderation = JSONAttribute(null=True)
    answer = JSONAttribute(null=True)
    """Who answered, and what was paid for it: `engines.Answer`."""
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    sha256 = UnicodeAttribute(null=True)
    models = JSONAttribute(null=True)
    queued_ms = NumberAttribute(null=True)
    decode_ms = NumberAttribute(null=True)
    inference_ms = NumberAttribute(null=True)
    total_ms = NumberAttribute(null=True)
    """Milliseconds from the first queueing to the stored result."""
    corrections = JSONAttribute(null=True)
    """What the owner corrected: `correct.correct` writes it."""
    corrections_revision = NumberAttribute(null=True)
    """How often the corrections have changed."""
    corrected = UnicodeAttribute(null=True)
    """Set while there is a correction."""
    corrected_at = UTCDateTimeAttribute(null=True)
    """When the corrections last changed."""
    error_code = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)

    by_owner = OwnerIndex()
    by_owner_status = OwnerStatusIndex()
    by_reference = ReferenceIndex()
    by_status = StatusIndex()
    unfinished = UnfinishedIndex()
    being_retried = RetryingIndex()
    by_correction = CorrectedIndex()
    refusals = RefusalIndex()

    @classmethod
    def get_owned(cls, task_id: str, owner_id: str) -> Task:
        """Read a task of this owner.

        Raises:
            TaskNotFoundError: There is none, or it belongs to somebody else.
        """
        try:
            task = cls.get(task_id, consistent_read=True)
        except cls.DoesNotExist as error:
            raise TaskNotFoundError from error
        if task.owner_id != owner_id:
            raise TaskNotFoundError
        return task

    @classmethod
    def read_owned(cls, task_ids: Iterable[str], owner_id: str) -> list[Task]:
        """Read those of these tasks that this owner has, in this order and each once."""
        wanted = list(dict.fromkeys(task_ids))
        found = {task.task_id: task for task in cls.batch_get(wanted, consistent_read=True)}
        tasks = (found[task_id] for task_id in wanted if task_id in found)
        return [task for task in tasks if task.owner_id == owner_id]

    @classmethod
    def count_unfinished(cls, owner_id: str, limit: int) -> int:
        """Count the unfinished tasks of this owner, up to `limit`.

        The index follows the tasks within milliseconds. Unlike a counter, a crash cannot leave it
        wrong. Tasks older than an upload form do not count: a task that was never finished by
        mistake must not lock its owner out.
        """
        recent = cls.unfinished_since > datetime.now(UTC) - FORM_LIFETIME
        return cls.unfinished.count(owner_id, recent, limit=limit)

    def has_picture(self) -> bool:
        """Whether there is a picture to show. After a hopeless failure it is about to be deleted.

        False also while a direct upload is not known to be in storage.
        """
        return (
            bool(self.image_key)
            and self.status not in (TaskStatus.AWAITING_UPLOAD, TaskStatus.EXPIRED)
            and self.error_code not in HOPELESS_CODES
        )

    def get_reference(self) -> str | None:
        """The owner's own name for the task."""
        return self.owner_reference.partition("#")[2] if self.owner_reference else None

    def get_features(self) -> tuple[Feature, ...]:
        """What was asked for."""
        return sort_features(self.features or DEFAULT_FEATURES)

    def get_detail(self) -> Detail:
        """How closely the detector looked; before success, how closely it will look at least."""
        return Detail(self.looked or self.detail or Detail.FAST)

    def get_properties(self) -> ImageProperties | None:
        """What the picture looks like, if that was asked for and the task succeeded."""
        return ImageProperties.model_validate(self.properties) if self.properties else None

    def get_fingerprint(self) -> Fingerprint | None:
        """Numbers that find similar pictures; None without labels, and from earlier releases."""
        return Fingerprint.model_validate(self.fingerprint) if self.fingerprint else None

    def get_text(self) -> FoundText | None:
        """The text in the picture; None if it was not asked for."""
        return decode_text(self.text) if self.text else None

    def get_moderation(self) -> list[ModerationLabel] | None:
        """Unwanted content, if that was asked for and Amazon Rekognition answered."""
        return None if self.moderation is None else _MODERATION.validate_python(self.moderation)

    def get_answer(self) -> Answer | None:
        """Who answered; None before success."""
        if self.status != TaskStatus.SUCCEEDED:
            return None
        return Answer.model_validate(self.answer) if self.answer else OWN_ANSWER

    def get_corrections(self) -> Corrections:
        """What the owner corrected."""
        return Corrections.model_validate(self.corrections or {})

    def get_found_labels(self) -> list[Label]:
        """The labels that the models found, most confident first; empty before success."""
        return decode_labels(self.labels or [])

    def get_labels(self) -> list[Label]:
        """The labels as the owner corrected them, most confident first; empty before success."""
        found = self.get_found_labels()
        return correct_labels(found, self.get_corrections()) if self.corrected else found


def find_task(task_id: str) -> Task | None:
    """Read a task of any owner."""
    try:
        return Task.get(task_id, consistent_read=True)
    except Task.DoesNotExist:
        return None
