"""What the gate answers is kept without names, soon after; no answer waits for it or fails by it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from paywall import clock
from paywall.app import Product
from paywall.database import Base, Database
from paywall.gate.decision import Decision, Extent, Reason
from paywall.gate.events import Answered
from paywall.readership.buffer import Readership
from paywall.readership.days import Funnel, funnels, lost_views
from paywall.readership.forgetting import forget_readers, sweep
from paywall.readership.rules import OUTCOMES, Dimension
from paywall.readership.tables import ReadView
from tests.gate.conftest import browser, product, settings
from tests.gate.visits import CANARY, PREVIEW, Browser

__all__ = ["browser", "product", "settings"]
SEARCH = {"Referer": "https://search.example/?q=leyla@example.org"}
TABLES = ("readership_views", "readership_days", "readership_steps", "readership_replays")


def flushed(product: Product) -> None:
    product.gate.events.flush()
    product.readership.flush()


def views(product: Product) -> list[ReadView]:
    flushed(product)
    with product.database.reading() as session:
        return list(session.scalars(select(ReadView).order_by(ReadView.id)))


def counted(product: Product, dimension: Dimension) -> list[Funnel]:
    today = clock.now().date()
    with product.database.reading() as session:
        return funnels(session, 1, today, today, dimension)


def everything_in(database: Database) -> str:
    with database.looking() as connection:
        rows = [row for name in TABLES for row in connection.execute(select(Base.metadata.tables[name]))]
    return "\n".join(map(repr, rows))


class TestViews:
    def test_one_row_for_each_counted_view_of_a_metered_article(self, browser: Browser, product: Product) -> None:
        for slug in ("metered-0", "metered-1", "metered-2", "metered-3", "free-0", "subscribers-0"):
            browser.read(slug, headers=SEARCH)
        kept = views(product)
        assert [OUTCOMES[view.outcome] for view in kept] == [Reason.METERED] * 3 + [Reason.METER_USED_UP]
        assert {view.referrer_host for view in kept} == {"search.example"}
        assert len({view.holder for view in kept[:3]}) == 1
        assert not any(view.is_reader for view in kept)

    def test_a_reader_and_a_visitor_are_different_holders(self, browser: Browser, product: Product) -> None:
        browser.read("metered-0")
        browser.sign_up("leyla@example.org")
        browser.read("metered-1")
        before, after = views(product)
        assert before.holder != after.holder
        assert (before.is_reader, after.is_reader) == (False, True)

    def test_what_does_not_count_is_not_kept(self, browser: Browser, product: Product) -> None:
        browser.client.head("/articles/metered-0", base_url=browser.base_url)
        browser.get("/articles/metered-1", headers={"Purpose": "prefetch"})
        assert views(product) == []

    def test_walls_of_every_level_but_free_are_counted_by_day(self, browser: Browser, product: Product) -> None:
        for slug in ("metered-0", "free-0", "subscribers-0", "registered-0"):
            browser.read(slug, headers=SEARCH)
        flushed(product)
        by_article = {line.which: (line.views, line.walls) for line in counted(product, Dimension.ARTICLE)}
        assert sorted(by_article.values()) == [(1, 0), (1, 1), (1, 1)]
        assert counted(product, Dimension.REFERRER) == [Funnel("search.example", 3, 2)]

    def test_counts_of_two_flushes_add_up(self, browser: Browser, product: Product) -> None:
        for _ in range(2):
            browser.read("metered-0")
            flushed(product)
        assert [line.views for line in counted(product, Dimension.ARTICLE)] == [2]


class TestPrivacy:
    def test_no_text_reader_address_or_cookie_is_in_the_tables(self, browser: Browser, product: Product) -> None:
        for slug in ("metered-0", "metered-1", "metered-2", "metered-3"):
            browser.read(slug, headers=SEARCH)
        visitor = browser.kept("visitor") or ""
        browser.sign_up("leyla@example.org", next="/articles/metered-3")
        browser.read("metered-4", headers=SEARCH)
        flushed(product)
        kept = everything_in(product.database)
        assert "search.example" in kept
        for secret in (CANARY, PREVIEW, "leyla", "q=", "127.0.0.1", visitor.split(".")[1]):
            assert secret not in kept
        assert {column.name for column in Base.metadata.tables["readership_views"].c} == {
            "id", "publisher_id", "meter_id", "holder", "is_reader", "article_id", "outcome", "referrer_host", "at",
        }  # fmt: skip

    def test_a_holder_can_not_be_found_without_the_secret(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        browser.read("metered-0")
        (view,) = views(product)
        profile = product.profiles.of(1)
        with_another_secret = type(product.readership.ground.holders)("another secret of this length...")
        assert view.holder == product.readership.ground.holders.of(profile, "news", "r1")
        assert view.holder not in with_another_secret.all_of(profile, "r1")

    def test_an_erased_account_keeps_no_thread_to_its_views(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        for slug in ("metered-0", "metered-1"):
            browser.read(slug)
        holders, profile = product.readership.ground.holders, product.profiles.of(1)
        assert {view.holder for view in views(product)} <= holders.all_of(profile, "r1")
        with product.database.writing() as session:
            forget_readers(session, holders, profile, [1])
        after = {view.holder for view in views(product)}
        assert len(after) == 1
        assert not after & holders.all_of(profile, "r1")

    def test_an_erased_account_is_looked_for_by_an_index_alone(self, browser: Browser, product: Product) -> None:
        browser.sign_up("leyla@example.org")
        browser.read("metered-0")
        assert len(views(product)) == 1
        asked: list[tuple[str, object]] = []

        def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
            asked.append((statement, values))

        event.listen(product.database.engine, "before_cursor_execute", note)
        with product.database.writing() as session:
            forget_readers(session, product.readership.ground.holders, product.profiles.of(1), [1])
        event.remove(product.database.engine, "before_cursor_execute", note)
        asked = [one for one in asked if "readership_" in one[0]]
        assert [one[0].split()[0] for one in asked] == ["SELECT", "UPDATE", "SELECT", "UPDATE"]
        if product.database.is_sqlite:
            plans = {plan[plan.index("(") :] for one in asked for plan in _plan(product, *one)}
            assert plans == {"(publisher_id=? AND meter_id=? AND holder=?)", "(step=? AND cause=?)"}

    def test_old_views_are_swept_and_counts_stay(self, browser: Browser, product: Product) -> None:
        browser.read("metered-0")
        assert len(views(product)) == 1
        for days, left in ((59, 1), (61, 0)):
            with product.database.writing() as session:
                sweep(session, clock.now() + timedelta(days=days), 60)
            assert len(views(product)) == left
        assert [line.views for line in counted(product, Dimension.ARTICLE)] == [1]


def _plan(product: Product, statement: str, values: object) -> list[str]:
    with product.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]
    return [str(row[3]) for row in rows if "USING" in str(row[3]) or "SCAN" in str(row[3])]


def answer(product: Product, number: int = 0) -> Answered:
    card = product.gate.catalogue.card(1, f"metered-{number % 8}")
    assert card
    decision = Decision(Extent.FULL, Reason.METERED)
    return Answered(1, card.id, None, f"v{number}", decision, "", clock.now(), None, card)


@pytest.fixture
def small(product: Product) -> Readership:
    """A buffer with room for two views."""
    return Readership(product.database, product.readership.ground, product.gate.events, most_kept=2)


Cut = Callable[[], Callable[[], None]]


@pytest.fixture
def cut(product: Product) -> Iterator[Cut]:
    """Cut the database off, so that no statement is answered; what that returns has it answer again."""

    def fail(*_: object) -> None:
        raise OperationalError("", {}, Exception("the database is gone"))

    def back() -> None:
        if event.contains(product.database.engine, "before_cursor_execute", fail):
            event.remove(product.database.engine, "before_cursor_execute", fail)

    def now() -> Callable[[], None]:
        event.listen(product.database.engine, "before_cursor_execute", fail)
        return back

    yield now
    back()


def lost(product: Product) -> int:
    today = clock.now().date()
    with product.database.reading() as session:
        return lost_views(session, 1, today, today)


class TestOverflow:
    def test_what_finds_no_room_is_counted_and_said(self, product: Product, small: Readership) -> None:
        small.take([answer(product, number) for number in range(5)])
        assert small.lost == 3
        assert small.flush() == 2
        assert lost(product) == 3
        small.take([answer(product)])
        assert small.flush() == 1

    def test_what_the_gate_turned_away_is_counted_too(self, product: Product) -> None:
        events = product.gate.events
        events.turned_away += 7
        events.note(answer(product))
        flushed(product)
        assert lost(product) == 7


class TestDatabaseAway:
    def test_views_wait_until_it_is_back(self, product: Product, small: Readership, cut: Cut) -> None:
        product.profiles.of(1)
        small.take([answer(product, 1)])
        three = [answer(product, number) for number in (2, 3, 4)]
        back = cut()
        assert small.flush() == 0
        small.take(three)
        assert (small.flush(), small.lost) == (0, 2)
        back()
        assert small.flush() == 2
        assert lost(product) == 2
        assert len(views(product)) == 2

    def test_readers_are_answered_while_nothing_can_be_written(
        self, browser: Browser, product: Product, cut: Cut
    ) -> None:
        browser.read("metered-0")
        flushed(product)
        back = cut()
        assert browser.decision("metered-0").startswith("full")
        flushed(product)
        back()
        assert len(views(product)) == 2

    def test_a_row_that_can_not_be_written_is_given_up_and_counted(self, product: Product, small: Readership) -> None:
        small.take([answer(product)._replace(publisher_id=999)])
        with pytest.raises(SQLAlchemyError):
            small.flush()
        assert small.lost == 1
        small.take([answer(product)])
        assert small.flush() == 1
