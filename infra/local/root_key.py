"""The key of the local account's root: random, and the same at every start of a data folder."""

import base64
import secrets

from infra.local.layout import Layout
from infra.local.state import AccessKey, write_private


def read_root_key(layout: Layout) -> AccessKey:
    """Read the key, or make one at the first start."""
    path = layout.data / "root_key.json"
    if not path.exists():
        # AWS's own form: AKIA and 16 of A-Z and 2-7
        key_id = "AKIA" + base64.b32encode(secrets.token_bytes(10)).decode()
        key = AccessKey(access_key_id=key_id, secret_access_key=secrets.token_urlsafe(30))
        write_private(path, key.model_dump_json())
    return AccessKey.model_validate_json(path.read_text())
