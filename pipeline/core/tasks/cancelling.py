"""The errors of tasks that their owners cancel, or try to cancel."""

from pipeline.core.errors import PermanentError, PipelineError


class TaskNotCancellableError(PipelineError):
    """Only a task that no worker has begun can be cancelled."""

    code = "task_not_cancellable"
    message = (
        "Only a task that waits can be cancelled. Look at its status: it is being recognised or"
        " finished already. DELETE /results/{taskId} removes it in every status."
    )


class TaskCancelledError(PermanentError):
    """The owner cancelled the task before a worker began with it."""

    code = "cancelled"
    keeps_picture = True
    message = "You cancelled this picture before it was recognised. Retry it whenever you like."
