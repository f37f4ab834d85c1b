"""The search through all logs at the end of the run finds secrets."""

from pathlib import Path

import pytest

from infra.local.layout import Layout
from tests.e2e.secrets import find_secrets
from tests.local.examples import STATE

KEY = "2c4fe1d219854523b37735a1185dcb6320ef7bbd"
SYSTEM = STATE.model_copy(
    update={"worker_key": STATE.worker_key.model_copy(update={"secret_access_key": KEY})}
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", "token"),
        ("GET /images/a?X-Amz-Signature=0123456789abcdef01", "signature"),
        ("X-Amz-Credential=me", "signed policy"),
        ("key AKIAIOSFODNN7EXAMPLE", "access key"),
        ('{"Authorization": "Bearer x"}', "authorization header"),
        ("hello ada@example.com", "e-mail address"),
        (f"answer spk_{'a' * 86}", "API key"),
        ("with Spotter-demo-1", "password"),
        (f"with {KEY}", "secret key"),
    ],
)
def test_a_secret_in_a_log_is_found_and_its_value_is_not_shown(
    tmp_path: Path, line: str, kind: str
) -> None:
    layout = Layout(tmp_path)
    layout.create()
    (layout.logs / "worker-1.log").write_text(f"Task started\n{line}\n")

    assert list(find_secrets(layout, SYSTEM)) == [f"worker-1.log:2: {kind}"]


def test_a_clean_log_has_none(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.create()
    line = '{"message": "Task succeeded", "task_id": "0b9f4a6e-3c1f-4d2e-8a57-6f1f5c1f0d11"}\n'
    (layout.logs / "functions.log").write_text(line)

    assert list(find_secrets(layout, SYSTEM)) == []
