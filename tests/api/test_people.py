"""Whom a call names: readers by token, payers by pass, visitors by id, and browsers that ask for themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paywall import clock
from paywall.app import Product
from paywall.readers.ending import end_access, end_sign_ins
from tests.api.calling import VISITOR, Server
from tests.api.visits import token_of
from tests.gate.visits import Browser

Entitle = Callable[..., None]


@pytest.fixture
def reader(browser: Browser, server: Server, site: str) -> str:  # noqa: ARG001 - the site must be named
    """The token of a reader who is signed in."""
    browser.sign_up("leyla@example.org")
    return token_of(browser, server)


@pytest.fixture
def payer(reader: str, entitle: Entitle) -> str:
    """The token of a reader who has since subscribed."""
    entitle(1)
    return reader


def turn(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + timedelta(**by))


class TestAReaderToken:
    def test_names_a_reader_who_has_an_allowance_of_their_own(self, server: Server, reader: str) -> None:
        said = server.ask("metered-0", reader=reader)
        assert (said["extent"], said["viewsLeft"], said["isRegistered"]) == ("full", 4, True)
        assert server.ask("registered-0", reader=reader)["reason"] == "registered"

    def test_opens_everything_as_soon_as_the_reader_has_paid(self, server: Server, payer: str) -> None:
        assert server.ask("subscribers-0", reader=payer)["reason"] == "subscribed"

    @pytest.mark.parametrize("hours", [1, 24 * 29])
    def test_works_for_as_long_as_the_reader_stays_signed_in(
        self, server: Server, payer: str, monkeypatch: pytest.MonkeyPatch, hours: int
    ) -> None:
        turn(monkeypatch, hours=hours)
        assert server.ask("subscribers-0", reader=payer)["reason"] == "subscribed"

    def test_ends_after_thirty_days(self, server: Server, payer: str, monkeypatch: pytest.MonkeyPatch) -> None:
        turn(monkeypatch, days=30, seconds=1)
        said = server.ask("subscribers-0", reader=payer)
        assert (said["extent"], said["isRegistered"], said["tokenError"]) == ("preview", False, "invalid_token")

    @pytest.mark.parametrize("minutes", [0, 3, 60])
    def test_is_nobodys_once_the_reader_has_signed_out(
        self,
        server: Server,
        browser: Browser,
        payer: str,
        product: Product,
        *,
        minutes: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        turn(monkeypatch, minutes=minutes)
        assert server.ask("subscribers-0", reader=payer)["extent"] == "full"
        browser.post("/logout")
        product.follower.poll()
        said = server.ask("subscribers-0", reader=payer)
        assert (said["extent"], said["tokenError"], said["isRegistered"]) == ("preview", "invalid_token", False)

    def test_is_nobodys_in_another_process_that_heard_of_the_sign_out(
        self, server: Server, payer: str, product: Product, other_process: Product
    ) -> None:
        elsewhere = Server(other_process.flask, server.key)
        assert elsewhere.ask("subscribers-0", reader=payer)["extent"] == "full"
        with product.database.writing() as session:
            end_sign_ins(session, 1)
        other_process.follower.poll()
        assert elsewhere.ask("subscribers-0", reader=payer)["tokenError"] == "invalid_token"

    def test_opens_no_longer_once_access_was_taken_away(
        self, server: Server, payer: str, entitle: Entitle, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn(monkeypatch, minutes=3)
        assert server.ask("subscribers-0", reader=payer)["extent"] == "full"
        entitle(1, suspended=True)
        product.follower.poll()
        said = server.ask("subscribers-0", reader=payer)
        assert (said["extent"], said["reason"], said["tokenError"]) == ("preview", "suspended", None)

    def test_opens_no_longer_than_what_was_paid_for(
        self, server: Server, reader: str, entitle: Entitle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entitle(1, days=1)
        turn(monkeypatch, minutes=3)
        assert server.ask("subscribers-0", reader=reader)["extent"] == "full"
        ends = datetime.now(UTC) + timedelta(days=1, seconds=1)
        monkeypatch.setattr(clock, "now", lambda: ends)
        assert server.ask("subscribers-0", reader=reader)["reason"] == "subscription_required"

    def test_is_asked_about_once_in_two_minutes(
        self, server: Server, payer: str, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn(monkeypatch, minutes=10)
        server.ask("subscribers-0", reader=payer)
        monkeypatch.setattr(product.gate.rights, "read_under", _never)
        assert server.ask("subscribers-1", reader=payer)["extent"] == "full"
        turn(monkeypatch, minutes=12, seconds=1)
        with pytest.raises(AssertionError):
            server.ask("subscribers-2", reader=payer)

    def test_of_another_publisher_is_nobodys(self, rival: Server, payer: str) -> None:
        said = rival.ask("rivals-own", reader=payer)
        assert (said["tokenError"], said["isRegistered"]) == ("invalid_token", False)

    @pytest.mark.parametrize("token", ["", "x", "A" * 76, "\u00e9" * 76, "pw_sk_", "a.b.c"])
    def test_that_is_none_leaves_a_visitor(self, server: Server, token: str) -> None:
        said = server.ask("metered-0", reader=token, visitor=VISITOR)
        assert (said["extent"], said["viewsLeft"], said["tokenError"]) == ("full", 2, "invalid_token")


class TestAVisitorWhoSignsIn:
    def test_takes_the_articles_along_that_were_read_before(self, server: Server, reader: str) -> None:
        for number in range(3):
            server.ask(f"metered-{number}", visitor=VISITOR)
        both = [server.ask(f"metered-{number}", visitor=VISITOR, reader=reader) for number in (0, 1, 5, 6, 7)]
        assert [(one["extent"], one["viewsLeft"]) for one in both] == [
            ("full", 2), ("full", 2), ("full", 1), ("full", 0), ("preview", 0),
        ]  # fmt: skip

    def test_is_united_once_in_a_sign_in(
        self, server: Server, reader: str, product: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server.ask("metered-0", visitor=VISITOR, reader=reader)
        monkeypatch.setattr(product.gate.gate, "unite", _never)
        assert server.ask("metered-1", visitor=VISITOR, reader=reader)["extent"] == "full"

    def test_is_not_counted_at_all_who_has_paid(self, server: Server, payer: str) -> None:
        for number in range(8):
            assert server.ask(f"metered-{number}", visitor=VISITOR, reader=payer)["reason"] == "subscribed"
        assert server.ask("metered-0", visitor=VISITOR)["viewsLeft"] == 2


class TestAPass:
    def test_opens_its_article_and_no_other(self, server: Server) -> None:
        shown = server.ask("metered-0", visitor=VISITOR)["pass"]
        again = server.ask("metered-0", **{"pass": shown})
        assert (again["extent"], again["reason"], again["tokenError"]) == ("full", "metered", None)
        assert again["pass"] is None
        other = server.ask("metered-1", **{"pass": shown})
        assert (other["extent"], other["reason"], other["tokenError"]) == ("preview", "metered", None)

    def test_of_a_payer_opens_everything(self, server: Server, payer: str) -> None:
        shown = server.ask("metered-0", reader=payer)["pass"]
        said = server.ask("subscribers-7", **{"pass": shown})
        assert (said["extent"], said["reason"], said["isRegistered"]) == ("full", "subscribed", True)

    def test_of_a_payer_ends_with_access_and_with_the_sign_in(
        self, server: Server, payer: str, product: Product
    ) -> None:
        shown = server.ask("metered-0", reader=payer)["pass"]
        with product.database.writing() as session:
            end_access(session, 1)
        product.follower.poll()
        assert server.ask("subscribers-7", **{"pass": shown})["tokenError"] == "invalid_token"
        newer = server.ask("metered-0", reader=payer)["pass"]
        assert server.ask("subscribers-7", **{"pass": newer})["extent"] == "full"
        with product.database.writing() as session:
            end_sign_ins(session, 1)
        product.follower.poll()
        assert server.ask("subscribers-7", **{"pass": newer})["tokenError"] == "invalid_token"

    def test_is_the_same_for_half_its_life_and_then_another(
        self, server: Server, payer: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = datetime.now(UTC)
        passes = []
        for seconds in (0, 149, 151):
            monkeypatch.setattr(clock, "wall", lambda later=now + timedelta(seconds=seconds): later)
            passes.append(server.ask("metered-0", reader=payer)["pass"])
        assert passes[0] == passes[1] != passes[2]

    def test_lasts_no_longer_than_the_right(self, server: Server, reader: str, entitle: Entitle) -> None:
        entitle(1, days=1 / 24 / 60)
        turned = server.ask("subscribers-0", reader=reader)
        assert turned["extent"] == "full"
        ends = datetime.fromisoformat(turned["passExpiresAt"])
        assert ends - datetime.now(UTC) <= timedelta(minutes=5)

    def test_is_bad_and_the_reader_good_opens_by_the_reader(self, server: Server, payer: str) -> None:
        said = server.ask("subscribers-0", reader=payer, **{"pass": "x"})
        assert (said["extent"], said["tokenError"]) == ("full", "invalid_token")

    def test_of_another_publisher_is_none(self, rival: Server, server: Server) -> None:
        shown = rival.ask("rivals-own", visitor=VISITOR)["pass"]
        assert server.ask("metered-0", **{"pass": shown})["tokenError"] == "invalid_token"


class TestAPage:
    def test_is_answered_about_its_browser(self, page: Server) -> None:
        first = page.post("/v1/check", {"article": "metered-0"})
        assert "__Host-visitor" in first.headers["Set-Cookie"]
        assert [page.ask(f"metered-{number}")["viewsLeft"] for number in (0, 1, 2)] == [2, 1, 0]

    def test_can_not_ask_without_counting(self, page: Server) -> None:
        assert page.ask("metered-0", count=False)["viewsLeft"] == 2

    def test_that_is_only_fetched_ahead_takes_no_view_and_gets_no_pass(self, page: Server) -> None:
        for name, said in (("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Moz", "prefetch")):
            answer = page.post("/v1/check", {"article": "metered-0"}, headers={name: said})
            assert ((answer.json or {})["viewsLeft"], (answer.json or {})["pass"]) == (3, None)

    def test_goes_by_the_id_that_it_keeps_where_our_cookies_do_not_come(self, product: Product, page: Server) -> None:
        foreign = Server(product.flask, page.key, origin=page.origin)
        for expected in (2, 1):
            foreign.client = product.flask.test_client(use_cookies=False)
            assert foreign.ask(f"metered-{expected}", visitor=VISITOR)["viewsLeft"] == expected

    def test_may_read_its_answers_and_no_other_page_may(self, page: Server) -> None:
        answer = page.post("/v1/check", {"article": "free-0"})
        assert answer.headers["Access-Control-Allow-Origin"] == page.origin
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in answer.headers["Vary"]
        page.origin = "https://evil.example"
        refused = page.post("/v1/check", {"article": "free-0"})
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused.headers

    def test_knows_the_reader_who_is_signed_in_here(self, page: Server, browser: Browser, entitle: Entitle) -> None:
        browser.sign_up("leyla@example.org")
        entitle(1)
        page.client.set_cookie("__Host-session", browser.cookie(), domain="news.test", path="/", secure=True)
        said = page.ask("subscribers-0")
        assert (said["reason"], said["isRegistered"]) == ("subscribed", True)
        assert said["pass"]

    def test_has_no_use_for_cookies_at_another_publishers_host(
        self, page: Server, rival: Server, browser: Browser, entitle: Entitle
    ) -> None:
        assert rival.key
        browser.sign_up("leyla@example.org")
        entitle(1)
        cookies = f"__Host-session={browser.cookie()}"
        answer = page.post(
            "/v1/check", {"article": "subscribers-0"}, headers={"Cookie": cookies}, base_url="https://rival.test"
        )
        assert (answer.json or {})["extent"] == "preview"

    def test_is_held_to_its_own_network_whatever_it_says(self, product: Product, page: Server, add: Any) -> None:
        for number in range(61):
            add(f"story-{number}")
        said = []
        for number in range(61):
            page.client = product.flask.test_client(use_cookies=False)
            network = {"address": f"198.51.{number}.1"}
            said.append(page.ask(f"story-{number}", visitor=f"{VISITOR}-{number}", network=network)["extent"])
        assert said.count("full") == 60


def _never(*_: Any, **_more: Any) -> Any:
    raise AssertionError("this was not to be asked")
