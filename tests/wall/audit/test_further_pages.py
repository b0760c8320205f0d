"""Complaint: the “More stories” button of our front page fetches whole articles, and the audit said we are clean."""

import json

import pytest

from paywall.wall.audit import Outcome
from paywall.wall.audit.surfaces import Surface
from tests.wall.audit.conftest import Look
from tests.wall.audit.paper import CANARY, LOCKED, PATH, PREVIEW, Environ, Paper, Reply

OTHER = "An older story, of a mill that ground nothing for thirty years."
FREE = {"url": "/stories/other-1", "html": f"<p>{OTHER} It belongs to everybody, and everybody may read all of it.</p>"}
OURS = {"url": PATH, "html": "".join(f"<p>{paragraph}</p>" for paragraph in PREVIEW + LOCKED)}
BUTTONS = {
    "the page that the button names": ('<button data-more="/more?page=2">More</button>', "/more?page=2"),
    "the page before it": ('<button data-more="/more?page=2">More</button>', "/more?page=1"),
    "the page after it": ('<button hx-get="/front/page/2">More</button>', "/front/page/3"),
    "the beginning of what goes on somewhere": (
        '<i data-next="/api/list?offset=12&amp;n=6"></i>',
        "/api/list?offset=0&n=6",
    ),
    "a page whose number a script puts in": (
        "<script>const more = (page) => fetch(`/api/latest?page=${page}`)</script>",
        "/api/latest?page=3",
    ),
    "a page that only the front page's script file names": ('<script src="/front.js"></script>', "/more?offset=10"),
    "what goes on after a mark": ('<div data-url="/api/stories?after=c2l4"></div>', "/api/stories?after=c2l4"),
}


def _as_json(*stories: dict[str, str]) -> Reply:
    return 200, "application/json", json.dumps({"stories": stories})


@pytest.mark.parametrize("canaries", [(CANARY,), ()])
def test_a_whole_article_in_what_the_front_page_fetches_to_go_on_is_found(
    paper: Paper, look: Look, canaries: tuple[str, ...]
) -> None:
    paper.front = "".join(button for button, _ in BUTTONS.values())
    paper.pages["/front.js"] = 200, "text/javascript", 'const more = (n) => fetch("/more?offset=" + n)'
    paper.pages |= {address: _as_json(FREE, OURS) for _, address in BUTTONS.values()}
    (finding,) = look(*canaries).findings
    assert finding.surface is Surface.CANDIDATE
    assert {*finding.addresses} == {paper.address + address for _, address in BUTTONS.values()}


def test_free_articles_and_previews_in_it_are_no_leak(paper: Paper, look: Look) -> None:
    paper.front = BUTTONS["the page that the button names"][0]
    paper.pages["/more?page=2"] = _as_json(FREE, OURS | {"html": f"<p>{PREVIEW[0]}</p>"})
    assert look().outcome is Outcome.CLEAN


def test_a_list_without_end_is_asked_for_its_first_pages_only(paper: Paper, look: Look) -> None:
    def endless(environ: Environ) -> Reply:
        return _as_json(FREE | {"next": f"/more?{environ['QUERY_STRING']}1"})

    paper.front = "".join(f'<i data-more="/more?section={n}&amp;page=2"></i>' for n in range(100))
    paper.pages |= {f"/more?section={n}&page={page}": endless for n in range(100) for page in range(5)}
    assert look(CANARY).outcome is Outcome.CLEAN
    asked = {one["QUERY_STRING"] for one in paper.asked if one["PATH_INFO"] == "/more"}
    assert {"section=0&page=1", "section=0&page=2", "section=0&page=3"} <= asked
    assert len(asked) == 20
