"""A frame is whole after its way through a record, and nothing else is taken for one."""

import pytest

from pipeline.core.live.frames import Frame, FrameHeader, decode_frame, encode_frame

HEADER = FrameHeader(
    stream_id="stream",
    owner_id="owner",
    number=7,
    sent_at=1000.25,
    min_confidence=55.5,
    max_labels=3,
)


def test_a_frame_is_the_same_after_its_way() -> None:
    jpeg = b"\xff\xd8 a line\nand another"

    found = decode_frame(encode_frame(Frame(HEADER, jpeg)))

    assert found is not None
    assert (found.header, found.jpeg) == (HEADER, jpeg)


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\njpeg", b"\xff\xd8", b'{"number": -1}\n'])
def test_another_record_is_no_frame(data: bytes) -> None:
    assert decode_frame(data) is None


def test_a_frame_from_a_clock_that_is_ahead_is_new() -> None:
    frame = Frame(HEADER, b"")

    assert frame.count_age_seconds(1000.75) == 0.5
    assert frame.count_age_seconds(999) == 0
