"""The steps behind a wall: each once, with the article and the referrer that it came from."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from paywall import clock
from paywall.app import Product
from paywall.billing.checkout.tables import Checkout, CheckoutState
from paywall.readership.days import Funnel, funnels
from paywall.readership.noting import NotedStep
from paywall.readership.rules import Dimension, Step, address_behind, slug_in
from paywall.readership.steps import take_checkouts
from paywall.readership.tables import ReadStep
from tests.gate.conftest import browser, product, settings
from tests.gate.visits import Browser

__all__ = ["browser", "product", "settings"]
SEARCH = {"Referer": "https://search.example/"}


def flushed(product: Product) -> None:
    product.gate.events.flush()
    product.readership.flush()


def steps(product: Product) -> list[tuple[str, int | None, str | None]]:
    flushed(product)
    with product.database.reading() as session:
        kept = session.scalars(select(ReadStep).order_by(ReadStep.id))
        return [(one.step, one.article_id, one.referrer_host) for one in kept]


def counted(product: Product, dimension: Dimension) -> dict[str, Funnel]:
    today = clock.now().date()
    with product.database.reading() as session:
        return {line.which: line for line in funnels(session, 1, today, today, dimension)}


def number_of(product: Product, slug: str) -> int:
    card = product.gate.catalogue.card(1, slug)
    assert card
    return card.id


def begin(product: Product, goal: str, reader_id: int = 1, name: str = "one") -> None:
    wall = clock.wall()
    with product.database.writing() as session:
        session.add(
            Checkout(
                id=name, publisher_id=1, reader_id=reader_id, lookup_key="news:full:month:EUR", next=goal, worker="w",
                worked_until=wall, created_at=wall,
            )
        )  # fmt: skip


def come_to(product: Product, state: CheckoutState) -> None:
    with product.database.writing() as session:
        session.query(Checkout).update({"state": state.value})


def look(product: Product) -> int:
    return take_checkouts(product.database, product.readership.ground, clock.now(), clock.wall())


@contextmanager
def heard(product: Product) -> Iterator[list[str]]:
    """Hear what the database is told: `a` for an article looked for, `k` for a step kept, `c` for an end."""
    said: list[str] = []
    letters = {"FROM articles": "a", "INTO readership_steps": "k"}

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.extend(letter for words, letter in letters.items() if words in statement)

    def end(_connection: object) -> None:
        said.append("c")

    event.listen(product.database.engine, "before_cursor_execute", hear)
    event.listen(product.database.engine, "commit", end)
    yield said
    event.remove(product.database.engine, "before_cursor_execute", hear)
    event.remove(product.database.engine, "commit", end)


class TestSignUps:
    def test_one_from_a_wall_has_its_article_and_referrer(self, browser: Browser, product: Product) -> None:
        for number in range(4):
            browser.read(f"metered-{number}", headers=SEARCH)
        flushed(product)
        browser.sign_up("leyla@example.org", next="/subscribe?next=/articles/metered-3%3Futm%3Dx")
        article = number_of(product, "metered-3")
        assert steps(product) == [("sign_up", article, "search.example")]
        assert counted(product, Dimension.ARTICLE)[str(article)].sign_ups == 1
        assert counted(product, Dimension.REFERRER)["search.example"].sign_ups == 1

    def test_one_from_nowhere_is_counted_for_no_article(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        assert steps(product) == [("sign_up", None, None)]
        assert counted(product, Dimension.ARTICLE)[""].sign_ups == 1

    def test_a_refused_one_and_one_who_is_in_already_are_none(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        browser.sign_up("leyla@example.org")
        browser.copy().sign_up("not an address")
        assert len(steps(product)) == 1

    def test_one_that_leads_back_to_no_possible_article_is_counted_for_none(
        self, browser: Browser, product: Product
    ) -> None:
        browser.sign_up("leyla@example.org", next="/articles/%00")
        assert steps(product) == [("sign_up", None, None)]

    def test_one_that_can_not_be_kept_takes_no_view_and_no_neighbour_with_it(
        self, browser: Browser, product: Product
    ) -> None:
        browser.read("metered-0")
        product.gate.events.flush()
        noted = NotedStep(999, Step.SIGN_UP, "account 0", "/account", ("r0",), clock.now())
        product.readership.note(noted)
        browser.sign_up("leyla@example.org")
        assert product.readership.flush() == 1
        assert steps(product) == [("sign_up", None, None)]


class TestCheckouts:
    def test_each_is_counted_once_begun_and_once_paid(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        browser.read("metered-1", headers=SEARCH)
        flushed(product)
        begin(product, "/articles/metered-1")
        assert (look(product), look(product)) == (1, 0)
        come_to(product, CheckoutState.COMPLETED)
        assert (look(product), look(product)) == (1, 0)
        article = number_of(product, "metered-1")
        assert steps(product)[1:] == [("checkout", article, "search.example"), ("paid", article, "search.example")]
        line = counted(product, Dimension.ARTICLE)[str(article)]
        assert (line.views, line.walls, line.checkouts, line.paid) == (1, 0, 1, 1)

    def test_one_that_is_given_up_is_not_paid(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        flushed(product)
        begin(product, "/account")
        come_to(product, CheckoutState.CLOSED)
        look(product)
        assert steps(product)[1:] == [("checkout", None, None)]

    def test_one_that_leads_back_to_no_possible_article_is_counted_for_none(
        self, browser: Browser, product: Product
    ) -> None:
        browser.sign_up("leyla@example.org")
        begin(product, "/articles/%00")
        assert (look(product), look(product)) == (1, 0)

    def test_many_are_kept_some_at_a_time_and_articles_are_looked_for_before_each_transaction(
        self, browser: Browser, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser.sign_up("leyla@example.org")
        monkeypatch.setattr("paywall.readership.steps.STEPS_AT_ONCE", 2)
        for number in range(5):
            begin(product, f"/articles/no-such-{number}", name=f"number {number}")
            come_to(product, CheckoutState.CLOSED)
        with heard(product) as said:
            assert look(product) == 5
        assert "".join(said) == "aakkcaakkcakc"

    def test_one_of_long_ago_is_not_looked_at(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        begin(product, "/account")
        later = clock.wall() + timedelta(days=4)
        assert take_checkouts(product.database, product.readership.ground, later, later) == 0


class TestAddresses:
    @pytest.mark.parametrize(
        ("goal", "address"),
        [
            ("/articles/a", "/articles/a"),
            ("/subscribe?price=x&next=/articles/a", "/articles/a"),
            ("/login?next=%2Fsubscribe%3Fnext%3D%2Farticles%2Fa", "/articles/a"),
            ("https://site.example/login?next=/x", "https://site.example/login?next=/x"),
            ("/subscribe", ""),
            ("", ""),
            ("http://[", ""),
            ("/login?next=/login?next=/login?next=/login?next=/login", ""),
        ],
    )
    def test_a_way_on_leads_back_to_one(self, goal: str, address: str) -> None:
        assert address_behind(goal) == address

    @pytest.mark.parametrize(
        ("address", "slug"),
        [
            ("/articles/a", "a"),
            ("/articles/k%C3%A1?utm=1#x", "ká"),
            ("/articles/", None),
            ("/articles/a/b", None),
            ("/sections/a", None),
            ("https://elsewhere.example/articles/a", None),
        ],
    )
    def test_an_article_page_is_known_by_its_path(self, address: str, slug: str | None) -> None:
        assert slug_in(address) == slug
