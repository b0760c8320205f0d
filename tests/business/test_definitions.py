"""One text for each figure: beside it on the page, and in the guide."""

from pathlib import Path

from paywall.business.definitions import DEFINITIONS

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "admins" / "dashboard.md"


def test_the_guide_says_of_each_figure_what_the_page_says() -> None:
    text = " ".join(GUIDE.read_text().split())
    assert [name for name, definition in DEFINITIONS.items() if definition not in text] == []
