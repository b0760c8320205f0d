"""Something can't be reached: who is known to have paid reads on, hard walls stay shut, all else has a limit."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from paywall import clock
from paywall.app import Product
from paywall.gate import passes
from paywall.meter.store import MeterUnavailable
from tests.gate.visits import CANARY, Browser

Change = Callable[..., None]
Cut = Callable[[], None]


@pytest.fixture
def meter_down(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise MeterUnavailable

    monkeypatch.setattr(product.gate.meter._rows, "read", fail)


@pytest.fixture
def cut(product: Product) -> Iterator[Callable[[], None]]:
    """Cut the database off: from then on no statement is answered."""

    def fail(*_: object) -> None:
        raise OperationalError("", {}, Exception("the database is gone"))

    def now() -> None:
        event.listen(product.database.engine, "before_cursor_execute", fail)

    yield now
    if event.contains(product.database.engine, "before_cursor_execute", fail):
        event.remove(product.database.engine, "before_cursor_execute", fail)


def turn_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + by)


@pytest.mark.usefixtures("meter_down")
class TestWithoutTheMeter:
    def test_views_are_counted_in_memory_and_marked(self, browser: Browser, product: Product) -> None:
        answers = [browser.read(f"metered-{number}") for number in range(4)]
        assert [one.headers["Paywall-Decision"] for one in answers] == [
            "full; reason=metered; left=2",
            "full; reason=metered; left=1",
            "full; reason=metered; left=0",
            "preview; reason=meter_used_up; left=0",
        ]
        assert {one.headers["Paywall-Degraded"] for one in answers} == {"meter"}
        assert product.gate.gate.meter.degraded_views == 3

    def test_hard_walls_stay_shut_and_free_articles_open(self, browser: Browser) -> None:
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"
        answer = browser.read("free-0")
        assert "Paywall-Degraded" not in answer.headers

    def test_a_network_is_capped_even_if_the_publisher_has_no_cap(
        self, product: Product, set_publisher: Change, set_meter: Change
    ) -> None:
        set_publisher(network_cap_factor=None)
        set_meter(visitor_allowance=1)
        opened = [Browser(product.flask).decision(f"metered-{n % 8}") for n in range(8)]
        assert all(one.startswith("full") for one in opened)  # 20 x 1 distinct articles fit
        product.gate.gate.terms._kept.clear()
        line = product.gate.gate.terms.of(product.profiles.of(1), "news")
        assert line.network_cap(is_degraded=True) == 20
        assert line.network_cap(is_degraded=False) is None

    def test_who_paid_reads(self, browser: Browser, entitle: Change) -> None:
        browser.read("metered-0")
        browser.sign_up("leyla@example.org")
        entitle(1)
        assert browser.decision("subscribers-0") == "full; reason=subscribed"

    def test_the_store_is_asked_again_after_a_moment(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        browser.read("metered-0")
        monkeypatch.undo()
        assert browser.read("metered-1").headers["Paywall-Degraded"] == "meter"
        turn_clock(monkeypatch, timedelta(seconds=2))
        assert "Paywall-Degraded" not in browser.read("metered-2").headers


class TestWithoutTheDatabase:
    @pytest.fixture
    def subscriber(self, browser: Browser, entitle: Change) -> Browser:
        browser.sign_up("leyla@example.org")
        entitle(1)
        for number in range(2):
            browser.read(f"subscribers-{number}")
        return browser

    @pytest.fixture
    def visitor(self, product: Product) -> Browser:
        visitor = Browser(product.flask)
        for number in (0, 1):
            visitor.read(f"metered-{number}")
        visitor.read("subscribers-1")
        return visitor

    @pytest.mark.parametrize("minutes", [0, 3, 14])
    def test_a_pass_opens_for_fifteen_minutes(
        self, subscriber: Browser, cut: Cut, monkeypatch: pytest.MonkeyPatch, minutes: int
    ) -> None:
        cut()
        turn_clock(monkeypatch, timedelta(minutes=minutes))
        assert subscriber.decision("subscribers-1") == "full; reason=subscribed"

    def test_after_that_what_this_process_saw_opens_for_a_day(
        self, subscriber: Browser, cut: Cut, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cut()
        for hours in (1, 23):
            turn_clock(monkeypatch, timedelta(hours=hours))
            answer = subscriber.read("subscribers-1")
            assert answer.headers["Paywall-Decision"] == "full; reason=subscribed"
            assert answer.headers["Paywall-Degraded"] == "database"

    def test_what_was_ended_is_not_opened_by_what_was_seen_before(
        self, subscriber: Browser, entitle: Change, product: Product, cut: Cut, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entitle(1, days=-1)
        product.follower.poll()
        cut()
        for by in (timedelta(), timedelta(hours=1)):
            turn_clock(monkeypatch, by)
            assert not subscriber.get("/articles/subscribers-1").headers.get("Paywall-Decision", "").startswith("full")

    def test_a_visitor_s_free_articles_go_on_where_the_meter_answers(self, visitor: Browser, cut: Cut) -> None:
        cut()  # on PostgreSQL the meter has connections of its own
        assert visitor.decision("metered-0") == "full; reason=metered; left=1"
        assert visitor.decision("subscribers-1") == "preview; reason=subscription_required"

    def test_a_reader_whom_nobody_can_recognise_is_asked_to_try_again(
        self, subscriber: Browser, visitor: Browser, product: Product, cut: Cut
    ) -> None:
        assert visitor.decision("subscribers-1") == "preview; reason=subscription_required"
        cut()
        nobody = Browser(product.flask)
        nobody.put("session", subscriber.kept("session") or "")
        answer = nobody.get("/articles/subscribers-1")
        assert CANARY not in answer.text
        assert answer.headers["Paywall-Decision"] == "preview; reason=database_unavailable"
        assert answer.headers["Paywall-Degraded"] == "database"

    def test_a_page_that_was_never_rendered_is_a_503_that_says_when(self, browser: Browser, cut: Cut) -> None:
        browser.read("free-4")
        cut()
        answer = browser.get("/articles/free-5")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]

    def test_a_page_that_was_to_be_rendered_anew_is_shown_as_it_was(
        self, visitor: Browser, product: Product, cut: Cut
    ) -> None:
        cut()
        product.wall.forget_all()
        assert visitor.get("/articles/subscribers-1").status_code == 200

    def test_the_snapshot_is_bounded(self) -> None:
        from paywall.entitlements.reading import ReaderRights  # noqa: PLC0415
        from paywall.gate.snapshot import Snapshot  # noqa: PLC0415

        snapshot, rights = Snapshot(most_readers=2), ReaderRights(0, False, ())
        for number in (1, 2, 3):
            snapshot.remember(number, number, rights, clock.wall())
        known = passes.Pass(1, 1, 1, 0, None, False, 0, 0, passes.NOT_MERGED)
        assert snapshot.rights_under(known, clock.wall()) is None
        assert snapshot.rights_under(known._replace(reader_id=3, sign_in_id=3), clock.wall()) is rights
