"""What happened, page by page: nothing is told twice, nothing is left out."""

import re
from datetime import timedelta

import pytest

from paywall import audit, clock, outbox
from paywall.app import Product
from paywall.gate.events import GateEvent
from paywall.outbox import Mail
from paywall.staff.rules import Role
from tests.admin.dossier.life import Life, begin, live_on, new_article, subscribe
from tests.staff.people import Person, member

WALLS, MAILS, DEEDS = 130, 60, 45


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


@pytest.fixture
def long_life(product: Product) -> Life:
    """Somebody who met many walls, several in the same instant, got many mails, and did much."""
    life, now = begin(product), clock.now()
    subscribe(product, life)
    live_on(product, life)
    with product.database.writing() as session:
        for number in range(WALLS):
            article = new_article(life.person.publisher_id, now, f"wall-{number}")
            session.add(article)
            session.flush()
            who = {"publisher_id": article.publisher_id, "article_id": article.id, "reader_id": life.reader_id}
            why = {"extent": "preview", "reason": "meter_used_up", "prompt": "subscribe"}
            session.add(GateEvent(**who, **why, at=now - timedelta(hours=number // 5)))
        for number in range(MAILS):
            mail = Mail(life.person.email, f"Mail {number}.", "text", "html")
            outbox.post(session, life.person.publisher_id, "test", str(number), mail)
        for number in range(DEEDS):
            audit.write(session, life.person.publisher_id, "sweep", f"deed_{number}_done", f"reader:{life.reader_id}")
    return life


def told(text: str) -> list[str]:
    lines = text.partition('id="timeline"')[2]
    return re.findall(r'<span class="status status-\w+">([^<]+)</span>', lines)


def pages(support: Person, life: Life) -> list[list[str]]:
    """Return what each page tells, by the links from one to the next."""
    text = support.browser.get(life.path).text
    found = [told(text)]
    while following := re.search(r'<a rel="next"[^>]* href="([^"]+)"', text):
        text = support.browser.get(following[1]).text
        found.append(told(text))
    return found


class TestTheTimeline:
    def test_is_walked_to_its_beginning(self, support: Person, long_life: Life) -> None:
        found = pages(support, long_life)
        assert [len(one) >= 100 for one in found] == [True, True, False]
        everything = [line for page in found for line in page]
        assert {"Account opened", "Access began", "Payment"} <= set(everything)
        expected = {f"Met the wall: On wall-{number}" for number in range(WALLS)}
        expected |= {f"Mail {number}." for number in range(MAILS)} | {f"Deed {number} done" for number in range(DEEDS)}
        assert expected <= set(everything)
        assert all(everything.count(line) == 1 for line in expected)

    def test_further_down_it_stands_alone(self, support: Person, long_life: Life) -> None:
        text = support.browser.get(f"{long_life.path}?before=1").text
        assert "What happened earlier" in text
        assert told(text) == []
        assert 'id="payments"' not in text
        assert f'<a rel="prev" href="{long_life.path}">' in text

    @pytest.mark.parametrize("word", ["x", "-1", "1" * 17, "²", "2026-11-27"])
    def test_a_page_that_is_none_is_refused(self, support: Person, long_life: Life, word: str) -> None:
        assert support.browser.get(f"{long_life.path}?before={word}").status_code == 400

    def test_the_last_moment_that_can_be_asked_for_answers(self, support: Person, long_life: Life) -> None:
        assert support.browser.get(f"{long_life.path}?before={'9' * 16}").status_code == 200
