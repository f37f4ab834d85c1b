"""The rows about what is asked for."""

from tools.bench.options import CHOICES, USUAL
from tools.bench.rows import build_option_rows


def test_each_choice_is_compared_with_labels_alone() -> None:
    rows = build_option_rows({USUAL: 40.0, "labels, fine": 120.0})

    assert [(row.what, row.value, row.ratio) for row in rows] == [
        ("Asked for labels", 40.0, 1.0),
        ("Asked for labels, fine", 120.0, 3.0),
    ]
    assert USUAL in CHOICES
