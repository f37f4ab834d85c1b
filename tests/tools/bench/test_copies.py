"""The price of the small copies."""

from tools.bench import copies


def test_every_kind_of_photo_has_a_part() -> None:
    found = copies.run(0)

    assert set(found) == {"2 megapixels", "12 megapixels", "24 megapixels", "demo photos"}
    assert all(percent > -100 for percent in found.values())
