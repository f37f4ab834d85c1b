"""Errors that cross a boundary: worker to task record, API to its callers.

The codes are published in the OpenAPI document: never rename one.
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


class TaskFinishedError(PipelineError):
    """The task is finished, deleted or in work elsewhere: this delivery has nothing to do."""

    code = "task_finished"
    message = "The task is already finished. Get its result with GET /results/{taskId}."


class TaskNotRetryableError(PipelineError):
    """Only a failed task can be retried."""

    code = "task_not_retryable"
    message = "Only a failed task can be retried. Look at its status first."


class InvalidCursorError(PipelineError):
    """The cursor was not made by this API."""

    code = "invalid_cursor"
    message = "The cursor is not valid. Use nextCursor of the previous page, or leave it out."


class IdempotencyKeyReusedError(PipelineError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for a different upload. Use a new key."


class PermanentError(PipelineError):
    """Retrying cannot help. The task fails now and its message is deleted.

    Any other exception counts as transient: the message returns to the queue.
    """


class EmptyImageError(PermanentError):
    """The upload has no bytes."""

    code = "empty_image"
    message = "The file is empty. Choose the photo again and send it once more."


class UnsupportedFormatError(PermanentError):
    """The bytes are not one of the formats that we accept."""

    code = "unsupported_format"
    message = "The file is not a JPEG, PNG or WebP picture. Convert it and send it again."


class AnimatedImageError(PermanentError):
    """An animation: nobody could say which of its pictures is meant."""

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
    """More bytes than we accept."""

    code = "image_too_large"
    message = "The picture is larger than 20 MB. Make it smaller and send it again."


class TooManyPixelsError(PermanentError):
    """More pixels than we accept."""

    code = "too_many_pixels"
    message = "The picture has more than 50 megapixels. Make it smaller and send it again."


class ImageTooSmallError(PermanentError):
    """Too few pixels to recognise anything."""

    code = "image_too_small"
    message = "The picture is smaller than 32 pixels on a side. Send a larger one."


class UnreadableImageError(PermanentError):
    """The header is that of a picture, the rest is not."""

    code = "unreadable_image"
    message = "The picture is damaged or incomplete. Export or upload it again."


class ImageMissingError(PermanentError):
    """The picture is not in storage any more."""

    code = "image_missing"
    message = "The picture is gone from storage. Upload it again."


class ImageTimeoutError(PermanentError):
    """Recognising the picture did not end in time: something in it holds up the networks."""

    code = "image_timeout"
    message = "Reading the picture took too long. Save it again as a JPEG and send that."


class RetriesExhaustedError(PermanentError):
    """The task failed at every delivery."""

    code = "retries_exhausted"
    message = "We tried several times and failed. Retry the task later; the operators know of it."
