"""The pages of cameras that are live now."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from portal.access.addresses import link_owner, read_addresses
from portal.actions.operation_admin import OperationAdmin
from portal.remote.admin import Context
from portal.remote.spans import describe_seconds, describe_span, show_moment
from portal.streams.models import Stream
from portal.streams.operations import StopStream


@admin.register(Stream)
class StreamAdmin(OperationAdmin[Stream]):
    list_display = (
        "camera", "state", "owner", "pace", "newest", "age", "answers", "drops", "began",
    )  # fmt: skip
    operations = (StopStream(),)
    detail_template = "admin/streams/detail.html"
    list_before_template = "admin/streams/note.html"
    empty_list_message = "No camera is live now."

    def enrich(self, rows: Sequence[Stream]) -> None:
        addresses = read_addresses(row.owner_id for row in rows)
        for row in rows:
            row.address = addresses.get(row.owner_id, "")

    def get_detail_context(self, request: HttpRequest, row: Stream) -> Context:
        self.enrich([row])
        return {"owner": self.owner(row), "silence": self.newest(row), "age": self.age(row)}

    @admin.display(description="camera")
    def camera(self, stream: Stream) -> str:
        return stream.name

    @display(description="state", label={"live": "success", "silent": "warning"})
    def state(self, stream: Stream) -> str:
        return "live" if stream.has_frames else "silent"

    @admin.display(description="owner")
    def owner(self, stream: Stream) -> str:
        return link_owner(stream.owner_id, stream.address)

    @admin.display(description="frames a second")
    def pace(self, stream: Stream) -> str:
        return f"{stream.frames_per_second:.1f}"

    @admin.display(description="newest frame")
    def newest(self, stream: Stream) -> str:
        return "none yet" if stream.silence is None else f"{describe_span(stream.silence)} ago"

    @admin.display(description="age at the answer")
    def age(self, stream: Stream) -> str:
        return "" if stream.age_ms is None else describe_seconds(stream.age_ms / 1000)

    @admin.display(description="answered")
    def answers(self, stream: Stream) -> str:
        return f"{stream.answered:,}"

    @admin.display(description="dropped")
    def drops(self, stream: Stream) -> str:
        return f"{stream.dropped:,} ({stream.dropped_share:.0f} %)"

    @admin.display(description="began")
    def began(self, stream: Stream) -> str:
        return show_moment(stream.created_at)
