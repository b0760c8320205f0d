"""Signing in and out: generic refusals, ceilings, sessions that end."""

import re
import threading
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, update

from paywall.app import Product
from paywall.readers import passwords
from paywall.readers.tables import Reader
from paywall.readers.views import signing_in
from paywall.web.limits import Ceilings, Pace
from tests.readers.browser import PASSWORD, Browser
from tests.readers.stored import readers, sign_ins

NewBrowser = Callable[..., Browser]
KNOWN = "known@example.com"


@pytest.fixture(autouse=True)
def known(new_browser: NewBrowser) -> Browser:
    """The browser in which the known reader signed up."""
    browser = new_browser(address="192.0.2.1")
    assert browser.sign_up(KNOWN).status_code == 303
    return browser


@pytest.fixture
def three_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network may be wrong three times in a quarter of an hour."""
    monkeypatch.setattr(signing_in, "WRONG_PASSWORD", Ceilings("wrong-password", network=Pace(3, 15)))


class TestTheRightPassword:
    def test_signs_in_though_the_address_was_never_confirmed(
        self, product: Product, browser: Browser
    ) -> None:  # LOG-S03
        assert readers(product)[0].confirmed_at is None
        answer = browser.log_in(KNOWN, next="/articles/bread")
        assert (answer.status_code, answer.location) == (303, "/articles/bread")
        assert browser.is_signed_in()

    def test_belongs_to_an_account_at_one_newspaper(self, new_browser: NewBrowser) -> None:
        assert new_browser(host="other.test").log_in(KNOWN).status_code == 401

    def test_of_an_older_cost_is_hashed_anew(self, product: Product, browser: Browser) -> None:  # LOG-S21
        cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        with product.database.writing() as session:
            session.execute(update(Reader).values(password=cheap))
        assert browser.log_in(KNOWN).status_code == 303
        assert passwords.is_outdated(cheap)
        assert not passwords.is_outdated(readers(product)[0].password or "")
        assert browser.log_in(KNOWN).status_code == 303

    def test_of_a_closed_account_opens_nothing(self, product: Product, browser: Browser) -> None:
        with product.database.writing() as session:
            session.execute(update(Reader).values(active=False))
        assert browser.log_in(KNOWN).status_code == 401


class TestAnythingElse:
    def test_a_wrong_password_is_refused(self, browser: Browser) -> None:  # LOG-S02
        answer = browser.log_in(KNOWN, "another password")
        assert answer.status_code == 401
        assert not browser.is_signed_in()

    def test_the_case_of_a_password_counts(self, browser: Browser) -> None:  # LOG-S05
        assert browser.log_in(KNOWN, PASSWORD.upper()).status_code == 401

    def test_a_password_is_never_trimmed(self, browser: Browser) -> None:  # LOG-S06
        assert browser.log_in(KNOWN, PASSWORD + " ").status_code == 401

    def test_known_and_unknown_addresses_get_the_same_bytes(self, browser: Browser) -> None:
        assert _page(browser, KNOWN, "wrong") == _page(browser, "nobody@example.com", "wrong")

    def test_known_and_unknown_addresses_cost_the_same_questions_and_hashes(
        self, product: Product, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = _cost(product, monkeypatch, lambda: browser.log_in(KNOWN, "wrong"))
        unknown = _cost(product, monkeypatch, lambda: browser.log_in("nobody@example.com", "wrong"))
        assert known == unknown
        assert known[0] == 1


class TestCeilings:
    def test_the_eleventh_wrong_try_is_one_too_many_even_if_it_is_right(self, browser: Browser) -> None:  # LOG-S08
        for _ in range(10):
            assert browser.log_in(KNOWN, "wrong").status_code == 401
        for password in ("wrong", PASSWORD):
            answer = browser.log_in(KNOWN, password)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 900
        assert browser.post("/forgot-password", {"email": KNOWN}).status_code == 200

    def test_an_account_has_one_ceiling_for_all_networks(self, new_browser: NewBrowser) -> None:  # LOG-S09
        tries = (new_browser(address=f"198.51.{n}.9").log_in(KNOWN, "wrong").status_code for n in range(500))
        assert list(islice(tries, 30)) == [401] * 10 + [429] * 20

    def test_a_forwarded_address_from_nobody_we_trust_has_no_effect(  # LOG-S11
        self,
        new_browser: NewBrowser,
        three_wrong: None,  # noqa: ARG002
    ) -> None:
        browser = new_browser()
        tries = [_try(browser, f"r{n}@example.com", {"X-Forwarded-For": f"198.51.{n}.1"}) for n in range(4)]
        assert tries == [401, 401, 401, 429]

    def test_addresses_within_one_ipv6_network_are_one_caller(  # LOG-S12
        self,
        new_browser: NewBrowser,
        three_wrong: None,  # noqa: ARG002
    ) -> None:
        browsers = (new_browser(address=f"2001:db8:1:2::{n:x}") for n in range(1, 5))
        assert [_try(browser, f"r{n}@example.com") for n, browser in enumerate(browsers)] == [401, 401, 401, 429]
        assert _try(new_browser(address="2001:db8:1:3::1"), "elsewhere@example.com") == 401


class TestTheSession:
    def test_is_a_new_one_after_signing_in_and_the_old_one_is_dead(self, browser: Browser) -> None:  # LOG-S14
        browser.log_in(KNOWN)
        old = browser.cookie()
        browser.log_in(KNOWN)
        assert browser.cookie() != old
        browser.set_cookie(old)
        assert not browser.is_signed_in()

    def test_of_somebody_else_is_replaced(self, product: Product, known: Browser, browser: Browser) -> None:  # LOG-S15
        browser.sign_up("other@example.com")
        known.set_cookie(browser.cookie())
        known.log_in(KNOWN)
        other = readers(product)[1]
        assert not [row for row in sign_ins(product) if row.reader_id == other.id]

    def test_may_last_thirty_days_in_a_cookie_that_only_we_can_read(self, browser: Browser) -> None:  # LOG-S17
        [cookie] = _session_cookies(browser.log_in(KNOWN, remember="1"))
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie)
        assert any(part.startswith("Expires=") for part in cookie)
        [short] = _session_cookies(browser.log_in(KNOWN))
        assert not any(part.startswith("Expires=") for part in short)

    def test_lives_on_in_no_copy_of_its_cookie_after_signing_out(self, browser: Browser) -> None:  # LOG-S18
        browser.log_in(KNOWN, remember="1")
        copy = browser.cookie()
        assert browser.post("/logout").status_code == 303
        browser.set_cookie(copy)
        answer = browser.get("/account/password")
        assert (answer.status_code, answer.location) == (302, "/login?next=/account/password")

    def test_twenty_sign_ins_at_a_time_leave_five(self, product: Product, new_browser: NewBrowser) -> None:  # LOG-S20
        browsers = [new_browser() for _ in range(20)]
        statuses = _all_at_once(browsers)
        assert statuses == [303] * 20
        assert len(sign_ins(product)) <= 5
        assert sum(browser.is_signed_in() for browser in browsers) == 5


class TestSigningOut:
    def test_asks_first(self, known: Browser) -> None:
        answer = known.get("/logout")
        assert answer.status_code == 200
        assert "Sign out on this device" in answer.text
        assert known.is_signed_in()

    def test_asks_nobody_who_is_signed_out(self, browser: Browser) -> None:
        assert browser.get("/logout").status_code == 303

    def test_leaves_the_other_devices_signed_in(self, known: Browser, browser: Browser) -> None:
        browser.log_in(KNOWN)
        browser.post("/logout")
        assert not browser.is_signed_in()
        assert known.is_signed_in()


def _page(browser: Browser, email: str, password: str) -> str:
    text = browser.log_in(email, password).text
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text).replace(email, "ADDRESS")


def _cost(product: Product, monkeypatch: pytest.MonkeyPatch, deed: Callable[[], Any]) -> tuple[int, list[str]]:
    hashes, statements = [0], list[str]()

    def counted(_self: PasswordHasher, *given: Any) -> Any:
        hashes[0] += 1
        return original(_self, *given)

    def noted(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    original = PasswordHasher.verify
    with monkeypatch.context() as patch:
        patch.setattr(PasswordHasher, "verify", counted)
        event.listen(product.database.engine, "before_cursor_execute", noted)
        deed()
        event.remove(product.database.engine, "before_cursor_execute", noted)
    return hashes[0], statements


def _try(browser: Browser, email: str, headers: dict[str, str] | None = None) -> int:
    return browser.post("/login", {"email": email, "password": "\0"}, headers=headers or {}).status_code


def _session_cookies(answer: Any) -> list[list[str]]:
    cookies = [cookie.split("; ") for cookie in answer.headers.getlist("Set-Cookie")]
    return [parts for parts in cookies if parts[0].startswith("__Host-session=")]


def _all_at_once(browsers: list[Browser]) -> list[int]:
    tokens, start, statuses = [b.csrf_token() for b in browsers], threading.Barrier(len(browsers)), [0] * len(browsers)

    def submit(number: int) -> None:
        fields = {"csrf_token": tokens[number], "email": KNOWN, "password": PASSWORD}
        start.wait()
        statuses[number] = browsers[number].client.post("/login", data=fields, base_url="https://news.test").status_code

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
