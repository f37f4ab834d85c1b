"""Errors that leave the process that raises them: stored on a task, or sent to a caller.

Their codes are published in the OpenAPI document. Never rename one.
"""


class PipelineError(Exception):
    """Base of every error that the pipeline raises on purpose."""

    code = "internal_error"
    """Stable name of the error: stored on a failed task and sent to callers."""

    message = "Something went wrong on our side. Please try again."
    """What happened and what to do next, for people."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class TaskNotFoundError(PipelineError):
    """No task has the requested id, or it belongs to somebody else."""

    code = "task_not_found"
    message = "There is no such task. It may have been deleted or have expired; see GET /results."


class StreamNotFoundError(PipelineError):
    """No stream has the requested id, or it has ended, or it belongs to somebody else."""

    code = "stream_not_found"
    message = "There is no such stream. It may have ended; begin another one with POST /streams."


class ExportNotFoundError(PipelineError):
    """No export has the requested id, or it has expired, or it belongs to somebody else."""

    code = "export_not_found"
    message = "There is no such export. It may have expired; begin another one with POST /exports."


class DeletionNotFoundError(PipelineError):
    """This user has not asked for the deletion of the account."""

    code = "deletion_not_found"
    message = "Nobody has asked to delete this account. Ask with POST /account/deletion."


class LiveNotOfferedError(PipelineError):
    """The operators of this service have not turned live recognition on."""

    code = "live_not_offered"
    message = (
        "This service does not offer live recognition. Send single photos with POST /upload, or"
        " ask the operators to turn it on."
    )


class TaskFinishedError(PipelineError):
    """The task is finished or deleted, or another worker holds it: this delivery does nothing."""

    code = "task_finished"
    message = "The task is already finished. Get its result with GET /results/{taskId}."


class TaskNotRetryableError(PipelineError):
    """Only a failed task can be retried."""

    code = "task_not_retryable"
    message = (
        "Only a failed task can be retried, and not if its picture is the reason. Look at its "
        "status and error first."
    )


class TaskNotCorrectableError(PipelineError):
    """Only a result can be corrected."""

    code = "task_not_correctable"
    message = "Only a task that succeeded has labels to correct. Look at its status first."


class LabelNotFoundError(PipelineError):
    """A correction names a label that the result does not have."""

    code = "label_not_found"
    message = (
        "A label to remove or to rename is not in the result. Get the result again, and use the"
        " names that were found: those of corrections.foundLabels if it was corrected before."
    )


class CorrectionsChangedError(PipelineError):
    """Somebody else has corrected the result since the caller read it."""

    code = "corrections_changed"
    message = (
        "The result was corrected in the meantime. Get it again, and send your correction with its"
        " new revision."
    )


class InvalidCursorError(PipelineError):
    """The cursor does not come from this API."""

    code = "invalid_cursor"
    message = "The cursor is not valid. Use nextCursor of the previous page, or leave it out."


class IdempotencyKeyReusedError(PipelineError):
    """An earlier request with other content used the same Idempotency-Key."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for a different request. Use a new key."


class ExportOpenError(PipelineError):
    """Another export of this user is not finished."""

    code = "export_open"
    message = "Another export of yours is being written. Wait until it is finished, or delete it."


class TooManyExportsError(PipelineError):
    """This user has as many exports as one user may have."""

    code = "too_many_exports"
    message = "You have 5 exports. Delete one with DELETE /exports/{exportId} first."


class KeyNotFoundError(PipelineError):
    """This user has no API key with the requested id."""

    code = "key_not_found"
    message = "There is no such API key. It may have been revoked; see GET /keys."


class TooManyKeysError(PipelineError):
    """This user has as many API keys as one user may have."""

    code = "too_many_keys"
    message = "You have 10 API keys. Revoke one with DELETE /keys/{keyId} first."


class EngineNotOfferedError(PipelineError):
    """The operators of this service have not turned Amazon Rekognition on."""

    code = "engine_not_offered"
    message = (
        "This service does not offer Amazon Rekognition. Send the picture again with engine "
        "spotter and without moderation, or ask the operators to turn it on."
    )


class PermanentError(PipelineError):
    """Retrying cannot help. The task fails now and its message is deleted.

    Any other exception counts as transient: the message returns to the queue.
    """

    keeps_picture = False
    """Whether the picture stays after the failure. It does only if a retry by hand can help."""


class EmptyImageError(PermanentError):
    """The upload has no bytes."""

    code = "empty_image"
    message = "The file is empty. Choose the photo again and send it once more."


class UnsupportedFormatError(PermanentError):
    """The bytes are not one of the formats that we accept."""

    code = "unsupported_format"
    message = (
        "The file is not a JPEG, PNG, WebP, HEIC or AVIF picture. Convert it and send it again."
    )


class HeicNotAcceptedError(PermanentError):
    """The operator of this service has turned HEIC off."""

    code = "heic_not_accepted"
    message = (
        "This service does not take HEIC. Save the photo as JPEG and send it again. An iPhone "
        "takes JPEGs with Settings > Camera > Formats > Most Compatible."
    )


class AnimatedImageError(PermanentError):
    """The file has several frames, and nothing says which of them to recognise."""

    code = "animated_image"
    message = "The file is an animation. Send one still picture of it."


class SeveralPicturesError(PermanentError):
    """The file holds two pictures, and viewers disagree about which one to show."""

    code = "several_pictures"
    message = "The file holds more than one picture. Save the one you mean and send it again."


class ImageTooComplexError(PermanentError):
    """Decoding takes more passes or memory than we give one picture."""

    code = "image_too_complex"
    message = (
        "The picture takes too much work to open. Save it as an ordinary JPEG (not progressive) "
        "or with 8 bits a channel, and send it again."
    )


class ImageTooLargeError(PermanentError):
    """The picture has more bytes than we accept."""

    code = "image_too_large"
    message = "The picture is larger than 20 MB. Make it smaller and send it again."


class TooManyPixelsError(PermanentError):
    """The picture has more pixels than we accept."""

    code = "too_many_pixels"
    message = "The picture has more than 50 megapixels. Make it smaller and send it again."


class ImageTooSmallError(PermanentError):
    """A side has too few pixels to recognise anything."""

    code = "image_too_small"
    message = "The picture is smaller than 32 pixels on a side. Send a larger one."


class UnreadableImageError(PermanentError):
    """The header is valid, but the rest of the file is damaged."""

    code = "unreadable_image"
    message = "The picture is damaged or incomplete. Export or upload it again."


class MetadataNotRemovableError(PermanentError):
    """Metadata cannot be removed without a risk for the pixels, and the request asks for it."""

    code = "metadata_not_removable"
    message = (
        "The place and the camera in this file cannot be removed safely. Save the photo as JPEG "
        "and send it again, or send it with stripMetadata turned off."
    )


class ImageMissingError(PermanentError):
    """The picture is not in storage any more."""

    code = "image_missing"
    message = "The picture is not in storage any more. Upload it again."


class ImageTimeoutError(PermanentError):
    """Decoding and recognising the picture took longer than the worker's deadline."""

    code = "image_timeout"
    message = "Reading the picture took too long. Save it again as JPEG and send the new file."


class ModelNotOfferedError(PermanentError):
    """The request names a model that this service, or this worker, does not have."""

    code = "model_not_offered"
    keeps_picture = True  # A retry helps once the operators have added the model
    message = (
        "This service does not offer one of the models that the request names. Leave models out, "
        "or ask the operators for their names."
    )


class ModelFailedError(PermanentError):
    """A model that the operators added computes something for this picture that is no result."""

    code = "model_failed"
    keeps_picture = True  # A retry helps once the operators have mended the model
    message = (
        "A model that the operators added failed on this picture. Send the picture again with "
        "models=spotter, or tell the operators."
    )


class RetriesExhaustedError(PermanentError):
    """The task failed at every delivery."""

    code = "retries_exhausted"
    keeps_picture = True
    message = "We tried several times and failed. The operators know about it. Retry it later."


HOPELESS_CODES = tuple(
    error.code for error in PermanentError.__subclasses__() if not error.keeps_picture
)
"""Error codes that no retry can help. Tasks that failed with one of them keep no picture."""
