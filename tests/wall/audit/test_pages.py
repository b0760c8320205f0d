"""What a page shows and what it hides, without scripts."""

import pytest

from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.surfaces import Place

HIDDEN = {
    "the attribute": "<p hidden>{}</p>",
    "its style": '<p style="color: red; Display : none">{}</p>',
    "no size": '<p style="font-size:0">{}</p>',
    "off the page": '<p style="position:absolute; left:-9999px">{}</p>',
    "a blur": '<p style="filter: blur(4px)">{}</p>',
    "a rule of the page": "<style>.rest > p {{ visibility: hidden }}</style><div class=rest><p>{}</p></div>",
    "a class that says so": '<div class="text hidden"><p>{}</p></div>',
    "a closed dialog": "<dialog><p>{}</p></dialog>",
    "a drawing": "<svg><text>{}</text></svg>",
    "an element around it": "<div hidden><section><p>{}</p></section></div>",
}
SHOWN = {
    "a plain paragraph": "<p>{}</p>",
    "an open dialog": "<dialog open><p>{}</p></dialog>",
    "a rule for paper": "<style>@media print {{ p {{ display: none }} }}</style><p>{}</p>",
    "a rule for others": "<style>.other {{ display: none }} p::after {{ display: none }}</style><p>{}</p>",
    "a least height": '<div style="min-height: 0px"><p>{}</p></div>',
    "a rule that can't be read": "<style>p:!$ {{ display: none }} [[ {{ display:none }}</style><p>{}</p>",
    "a fold": "<details><p>{}</p></details>",
}
TEXT = "He was never seen again."


def places(markup: str) -> set[Place]:
    page = HtmlPage(f"<html><body>{markup.format(TEXT)}</body></html>")
    return {place for place, text in page.places() if TEXT in text}


@pytest.mark.parametrize("way", HIDDEN)
def test_what_is_hidden_by(way: str) -> None:
    assert places(HIDDEN[way]) == {Place.HIDDEN}


@pytest.mark.parametrize("way", SHOWN)
def test_what_is_shown_by(way: str) -> None:
    assert places(SHOWN[way]) == {Place.TEXT}


def test_words_of_one_block_stay_together_and_blocks_apart() -> None:
    page = HtmlPage("<body><p>One <b>wo</b>rd.</p><p>Another.</p>Third<br>line</body>")
    assert page.visible.split("\n") == ["", "One word.", "", "Another.", "Third", "", "line"]


def test_a_page_of_ten_thousand_elements_within_each_other_is_read() -> None:
    deep = "<div>" * 10_000 + "<p>At the bottom.</p>"
    assert "At the bottom." in HtmlPage(deep).visible
