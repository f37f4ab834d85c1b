"""Why an export failed. Their codes are published: never rename one."""

from pipeline.core.errors import PipelineError


class UnwrittenExportError(PipelineError):
    """Why an export failed. It is stored with the export and answers no request."""


class ExportTooLargeError(UnwrittenExportError):
    """The file would be larger than one export may be."""

    code = "export_too_large"
    message = (
        "The export would have more than 100,000 photos or 20 GB. Export one time span after the"
        " other, with `from` and `to`."
    )


class NothingToExportError(UnwrittenExportError):
    """No photo of the selection has what the format holds."""

    code = "nothing_to_export"
    message = "None of these photos has a result to export. Choose other photos or another format."


class ExportFailedError(UnwrittenExportError):
    """Writing the export failed at every try."""

    code = "export_failed"
    message = (
        "The export could not be written. The operators know about it. Delete it and begin a new"
        " one later."
    )
