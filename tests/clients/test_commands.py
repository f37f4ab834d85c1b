"""The command `spotter`, as somebody types it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from pipeline.core.queue import TaskQueue
from spotter_client import SpotterError
from spotter_client.cli import main, spotter
from spotter_client.saved import Login, find_file, load_login, save_login
from tests.clients.service import FunctionTransport, serving, working
from tests.lambdas.uploads import JPEG


@pytest.fixture
def service(
    transport: FunctionTransport, queue: TaskQueue, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The functions and a worker, at the address that the command is told."""
    with serving() as address, working(queue):
        monkeypatch.setenv("SPOTTER_API", address)
        monkeypatch.setenv("SPOTTER_TOKEN", "token")
        yield


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "cat.jpg"
    path.parent.mkdir()
    path.write_bytes(JPEG)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(spotter, [str(it) for it in arguments])


def test_look_prints_a_table(service: None, photo: Path) -> None:
    result = run("look", photo)

    assert result.exit_code == 0
    assert all(word in result.stdout for word in ("cat.jpg", "98 %", "animal"))


def test_look_prints_a_line_of_json_for_each_photo_and_fails_if_one_fails(
    service: None, photo: Path
) -> None:
    bad = photo.with_name("notes.txt")
    bad.write_text("no photo")

    result = run("look", photo, bad, "--json", "--reference", "order-4711")

    # The functions run in this process and log to the same stream.
    found = [json.loads(it) for it in result.stdout.splitlines() if '"photo"' in it]
    lines = {Path(it["photo"]): it for it in found}
    assert result.exit_code == 1
    assert lines[photo]["labels"][0]["name"] == "cat"
    assert lines[photo]["reference"] == "order-4711"
    assert "no JPEG" in lines[bad]["error"]


def test_look_saves_copies_with_boxes(service: None, photo: Path, tmp_path: Path) -> None:
    result = run("look", photo, "--annotate", tmp_path / "copies")

    assert result.exit_code == 0
    with Image.open(tmp_path / "copies" / "cat.jpg") as copy, Image.open(photo) as original:
        assert copy.size == original.size
        assert copy.tobytes() != original.tobytes()


def test_watch_writes_a_sidecar_beside_each_photo_once(service: None, photo: Path) -> None:
    first = run("watch", photo.parent, "--once")
    second = run("watch", photo.parent, "--once")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "cat.jpg.xmp: cat" in first.stdout
    assert second.stdout == ""
    assert b"animal|cat" in photo.with_name("cat.jpg.xmp").read_bytes()


def test_search_finds_what_was_sent(service: None, photo: Path) -> None:
    run("look", photo, "--reference", "album-1")
    run("look", photo)

    lines = run("search", "--reference", "album-1").stdout.splitlines()

    assert len(lines) == 1
    assert lines[0].endswith("cat.jpg  cat")


def test_an_error_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPOTTER_CONFIG", str(tmp_path))

    result = run("search")

    assert isinstance(result.exception, SpotterError)
    assert "spotter login" in str(result.exception)


def test_the_error_goes_to_the_error_stream(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPOTTER_CONFIG", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["spotter", "token"])

    with pytest.raises(SystemExit) as caught:
        main()

    captured = capsys.readouterr()
    assert caught.value.code == 1
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_a_sign_in_is_kept_for_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPOTTER_CONFIG", str(tmp_path / "new"))

    save_login(Login("https://api.test/v1", key="spk_1"))
    save_login(Login("https://api.test/v1", key="spk_2"))

    assert load_login().key == "spk_2"
    assert find_file().stat().st_mode & 0o777 == 0o600
    assert run("logout").exit_code == 0
    assert not find_file().exists()


def test_webhooks_are_managed(service: None) -> None:
    made = run("webhooks", "create", "https://hooks.example.com/a", "--event", "task.failed")
    webhook_id, secret = made.stdout.splitlines()[-1].split()
    test = run("webhooks", "test", webhook_id).stdout.splitlines()[-1]
    sent = run("webhooks", "deliveries", webhook_id).stdout
    listed = run("webhooks", "list").stdout
    rotated = run("webhooks", "secret", webhook_id).stdout.splitlines()[-1]
    deleted = run("webhooks", "delete", webhook_id)

    assert secret.startswith("whsec_")
    assert rotated.startswith("whsec_")
    assert rotated != secret
    assert f"{test}  waiting  webhook.test" in sent
    assert f"{webhook_id}  active  https://hooks.example.com/a  task.failed" in listed
    assert deleted.exit_code == 0
    assert webhook_id not in run("webhooks", "list").stdout


def test_usage_shows_limits_and_days(service: None, photo: Path) -> None:
    run("look", photo)

    shown = run("usage").stdout

    assert "uploads" in shown
    assert "MB" in shown
