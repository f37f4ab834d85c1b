"""Why a frame is refused. `statuses` maps each to its status."""

from pipeline.core.errors import PipelineError
from pipeline.core.live.frames import MAX_FRAME_BYTES, MAX_FRAME_PIXELS


class FrameTooLargeError(PipelineError):
    """A frame has more bytes than we accept."""

    code = "frame_too_large"
    message = (
        f"The frame is larger than {MAX_FRAME_BYTES // 1024} KB. Send it with fewer pixels or a"
        " lower JPEG quality."
    )


class FrameNotJpegError(PipelineError):
    """A frame is of another type than JPEG."""

    code = "frame_not_jpeg"
    message = "Send each frame as a JPEG, with Content-Type image/jpeg."


class FrameTooComplexError(PipelineError):
    """Decoding a frame would take as long as a large photo."""

    code = "frame_too_complex"
    message = (
        f"The frame has more than {MAX_FRAME_PIXELS // 1_000_000} megapixels, or it is a"
        " progressive JPEG of many pixels. Send an ordinary JPEG with a longer side of at most"
        " 1,280 pixels."
    )
