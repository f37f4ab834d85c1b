"""Tools find the local system that runs."""

import pytest

from infra.local import layout as layouts
from infra.local.layout import Layout, find_layout


@pytest.mark.parametrize(
    ("running", "expected"),
    [((), "one"), (("one",), "one"), (("two",), "two"), (("one", "two"), "one")],
)
def test_the_folder_of_the_system_that_runs_is_found(
    running: tuple[str, ...],
    expected: str,
    layout: Layout,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folders = {name: Layout(layout.root / name) for name in ("one", "two")}
    monkeypatch.setattr(layouts, "DEFAULT_LAYOUT", folders["one"])
    monkeypatch.setattr(layouts, "REGIONS_LAYOUT", folders["two"])
    for name in running:
        folders[name].create()
        folders[name].state.touch()

    assert find_layout() == folders[expected]
