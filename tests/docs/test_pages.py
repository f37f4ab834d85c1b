"""Every page of the web page is looked at in both themes and by axe."""

import re

from infra.repository import REPOSITORY
from tests.e2e.spa.test_page import FOR_USERS, FOR_VISITORS

ROUTER = REPOSITORY / "spa" / "src" / "app" / "router.tsx"


def test_every_page_is_looked_at() -> None:
    paths = set(re.findall(r'path: "(/[^"]*)"', ROUTER.read_text()))

    assert len(paths) > 10
    # The page of a result needs one, so the test opens it from a card.
    assert paths - {"/results/:taskId"} <= {*FOR_VISITORS.values(), *FOR_USERS.values()}
