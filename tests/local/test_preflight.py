"""What is checked before anything is installed."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import browser, node, preflight, providers
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import HOST, choose_port, find_free_port
from infra.local.preflight import Finding, State

PROGRAM = "#!/bin/sh\necho '{}'\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one on the PATH. No program of this machine is found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:1")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "NAMES", ("chromium",))
    monkeypatch.setattr(node, "OWN", tmp_path / "own")
    monkeypatch.setattr(providers, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(providers, "DISCOVERY", "http://127.0.0.1:1/")
    return folder


def add_program(folder: Path, name: str, answer: str) -> None:
    (folder / name).write_text(PROGRAM.format(answer))
    (folder / name).chmod(0o755)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_is_used() -> None:
    port = find_free_port()

    assert choose_port(port) == port


def test_a_taken_port_is_replaced(taken_port: int) -> None:
    assert choose_port(taken_port) not in (taken_port, 0)


def test_the_report_names_the_owner_of_a_taken_port(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(taken_port))

    found = preflight.check_port()

    assert found.state is State.FOUND
    assert f"{taken_port} is taken" in found.text


def test_the_report_names_a_full_disk(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "LEAST_DISK_BYTES", 10**18)
    monkeypatch.setattr(preflight, "FIRST_DISK_BYTES", 10**18)

    found = preflight.check_disk(layout)

    assert found.next_step.startswith("Free ")
    with pytest.raises(LocalError, match="GB free"):
        preflight.require(found)


@pytest.mark.usefixtures("programs")
def test_the_report_lists_what_an_empty_machine_must_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    findings = {it.name: it for it in preflight.look("test")}

    assert findings["Node.js"].state is State.PLANNED
    assert findings["Browser"].state is State.MISSING
    assert "CHROMIUM=" in findings["Browser"].next_step
    assert findings["Terraform"].state is State.MISSING
    assert "Not checked" in findings["AWS provider"].text


def test_root_can_install_a_browser_with_apt(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    add_program(programs, "apt-get", "")

    found = preflight.check_browser()

    assert (found.state, found.text) == (State.PLANNED, "apt-get install chromium")


def test_a_browser_that_does_not_run_is_not_used(programs: Path) -> None:
    add_program(programs, "chromium", "")
    (programs / "chromium").write_text("#!/bin/sh\nexit 127\n")

    assert browser.find_browser() is None


def test_a_browser_that_runs_is_found(programs: Path) -> None:
    add_program(programs, "chromium", "Chromium 140.0")

    assert preflight.check_browser().text == f"Chromium 140.0, {programs}/chromium"


def test_playwrights_own_browser_is_found(programs: Path, tmp_path: Path) -> None:
    own = tmp_path / "playwright/chromium-1200/chrome-linux64"
    own.mkdir(parents=True)
    add_program(own, "chrome", "Chromium 141.0")

    assert browser.find_browser() == str(own / "chrome")


@pytest.mark.parametrize(
    "shell", ["chrome-headless-shell-linux64/chrome-headless-shell", "chrome-linux/headless_shell"]
)
def test_playwrights_smaller_browser_is_preferred(
    programs: Path, tmp_path: Path, shell: str
) -> None:
    paths = [f"chromium_headless_shell-1200/{shell}", "chromium-1200/chrome-linux64/chrome"]
    for path in (tmp_path / "playwright" / it for it in paths):
        path.parent.mkdir(parents=True)
        add_program(path.parent, path.name, "Chromium 141.0")

    assert browser.find_browser() == str(tmp_path / "playwright" / paths[0])
    assert browser.find_browser(with_devices=True) == str(tmp_path / "playwright" / paths[1])


@pytest.mark.usefixtures("programs")
def test_the_report_names_a_chosen_browser_that_does_not_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chrome")

    assert "/nowhere/chrome" in preflight.check_browser().text
    assert preflight.check_browser().state is State.MISSING


def test_the_report_names_an_old_terraform(programs: Path) -> None:
    add_program(programs, "terraform", '{"terraform_version": "1.10.0"}')

    found = preflight.check_terraform()

    assert found.state is State.MISSING
    assert "older than 1.11" in found.text


def test_the_table_ends_with_the_commands_that_help() -> None:
    findings = [
        Finding("Disk", State.FOUND, "9 GB free"),
        Finding("Terraform", State.MISSING, "not on the PATH", "Install it."),
    ]

    table = preflight.build_table(findings)

    assert table.splitlines()[0].split() == ["Disk", "found", "9", "GB", "free"]
    assert table.endswith("✗ Terraform: not on the PATH\n→ Install it.")


@pytest.mark.parametrize("command", ["run", "test"])
def test_preflight_imports_the_standard_library_only(command: str) -> None:
    """-I -S: without the packages of this environment."""
    code = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r});"
    code += f"from infra.local import preflight; preflight.look({command!r}); import infra.doctor"

    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
