"""`make destroy` deletes nothing by mistake."""

import io

import pytest

from infra.deploy import __main__ as deploy
from infra.deploy.errors import DeployError


class Recorder:
    """Stands where the environment is. It keeps what was asked of it."""

    name = "spotter-dev"
    state_bucket = "spotter-dev-state"

    def __init__(self, **outputs: object) -> None:
        self._outputs = outputs
        self.asked: list[str] = []

    def get_outputs(self) -> dict[str, object]:
        return self._outputs

    def destroy(self) -> None:
        self.asked.append("destroy")

    def forget_release(self) -> None:
        self.asked.append("forget")


def try_to_destroy(monkeypatch: pytest.MonkeyPatch, typed: str, **outputs: object) -> list[str]:
    environment = Recorder(**outputs)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    try:
        deploy.destroy(environment, environment)  # type: ignore[arg-type]
    except DeployError:
        return [*environment.asked, "refused"]
    return environment.asked


def test_destroy_asks_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for typed in ("", "y", "spotter-prod"):
        assert try_to_destroy(monkeypatch, typed) == ["refused"]


def test_destroy_removes_what_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert try_to_destroy(monkeypatch, "spotter-dev") == ["destroy", "forget"]


def test_a_protected_environment_is_never_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert try_to_destroy(monkeypatch, "spotter-dev", protected=True) == ["refused"]
