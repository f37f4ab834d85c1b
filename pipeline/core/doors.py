"""What can be closed for everybody, by an operator or by a spent budget: uploads and sign-up."""

from __future__ import annotations

from enum import StrEnum

from pipeline.core.controls import Decision, decide, know_controls, read_controls, undo


class Door(StrEnum):
    """What strangers come in by."""

    UPLOADS = "uploads"
    SIGN_UP = "sign_up"


def close(door: Door, *, closed_by: str, reason: str) -> None:
    """Close the door from now on. If it is closed already, the new reason replaces the old one."""
    decide(_name(door), operator=closed_by, reason=reason)


def reopen(door: Door) -> None:
    """Open the door. An open one stays open."""
    undo(_name(door))


def find_closure(door: Door) -> Decision | None:
    """Who closed the door, when and why; None if it is open."""
    return read_controls().find(_name(door))


def is_closed(door: Door) -> bool:
    """Whether the door was closed when this process looked last, at most ten seconds ago."""
    return know_controls().find(_name(door)) is not None


def _name(door: Door) -> str:
    return f"{door}_closed"
