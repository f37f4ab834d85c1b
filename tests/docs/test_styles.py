"""What the styles of the page must not do."""

import re

from infra.local.spa import SOURCES

BLUR = re.compile(r"\bblur\(")
"""The browser draws all that lies behind a blur anew in each frame, also where nobody sees it."""


def test_no_style_blurs_what_is_scrolled() -> None:
    styles = sorted((SOURCES / "src").rglob("*.css"))
    assert styles
    assert [path.name for path in styles if BLUR.search(path.read_text())] == []
