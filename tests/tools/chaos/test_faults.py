"""What the documentation says about the faults."""

from infra.local.layout import REPOSITORY
from tools.chaos.faults import FAULTS
from tools.chaos.live.frames import FRAME_FAULTS


def test_the_documentation_counts_all_faults() -> None:
    text = (REPOSITORY / "docs" / "reliability.md").read_text()

    assert f"{len(FAULTS)} faults under load, {len(FRAME_FAULTS)} under cameras" in text
