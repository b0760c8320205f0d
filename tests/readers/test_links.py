"""Links in mails: for one purpose, one reader, one time, and never spent by looking."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event

from paywall.app import Product
from tests.readers.browser import PASSWORD, Browser
from tests.readers.stored import link_in, mails, readers, sign_ins

NewBrowser = Callable[..., Browser]
KNOWN = "known@example.com"
NEW = "another good password"


@pytest.fixture(autouse=True)
def known(new_browser: NewBrowser) -> Browser:
    browser = new_browser(address="192.0.2.1")
    browser.sign_up(KNOWN)
    return browser


@pytest.fixture
def reset_link(product: Product, browser: Browser) -> str:
    browser.post("/forgot-password", {"email": KNOWN})
    return link_in(mails(product, "reset")[0])


@pytest.fixture
def confirm_link(product: Product) -> str:
    return link_in(mails(product, "confirm")[0])


def later(hours: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True)


class TestAConfirmation:
    def test_is_not_spent_by_a_program_that_opens_every_link(  # LOG-S23
        self, product: Product, browser: Browser, confirm_link: str
    ) -> None:
        for _ in range(7):
            assert browser.get(confirm_link).status_code == 200
            assert browser.client.head(confirm_link, base_url=browser.base_url).status_code == 200
        assert readers(product)[0].confirmed_at is None

    def test_is_spent_by_the_button_once(
        self, product: Product, browser: Browser, confirm_link: str
    ) -> None:  # LOG-S24
        assert browser.post(confirm_link).status_code == 303
        assert readers(product)[0].confirmed_at is not None
        for answer in (browser.post(confirm_link), browser.get(confirm_link)):
            assert answer.status_code == 410
            assert "is confirmed" in answer.text

    def test_brings_a_signed_in_reader_back_to_the_account(self, known: Browser, confirm_link: str) -> None:
        assert known.post(confirm_link).location == "/account"

    def test_works_for_seven_days(self, browser: Browser, confirm_link: str) -> None:
        with later(hours=7 * 24 - 1):
            assert browser.get(confirm_link).status_code == 200
        with later(hours=7 * 24 + 1):
            assert browser.get(confirm_link).status_code == 410

    def test_can_be_sent_again_until_it_has_worked(self, product: Product, browser: Browser) -> None:
        browser.post("/confirm", {"email": KNOWN})
        assert len(mails(product, "confirm")) == 2
        browser.post(link_in(mails(product, "confirm")[1]))
        browser.post("/confirm", {"email": KNOWN})
        assert len(mails(product, "confirm")) == 2

    def test_leads_to_the_newspapers_own_host(self, product: Product) -> None:
        assert "https://news.test/confirm/" in mails(product, "confirm")[0].text


class TestAskingForALink:
    @pytest.mark.parametrize("page", ["/forgot-password", "/confirm"])
    def test_answers_the_same_for_known_and_unknown_addresses(  # LOG-S27
        self, product: Product, browser: Browser, page: str
    ) -> None:
        before = len(mails(product))
        known, unknown = (browser.post(page, {"email": email}) for email in (KNOWN, "nobody@example.com"))
        assert known.status_code == unknown.status_code == 200
        assert _bare(known.text, KNOWN) == _bare(unknown.text, "nobody@example.com")
        assert len(mails(product)) == before + 1

    @pytest.mark.parametrize("page", ["/forgot-password", "/confirm"])
    def test_costs_the_same_for_known_and_unknown_addresses(
        self, product: Product, browser: Browser, page: str
    ) -> None:
        known, unknown = (_statements(product, browser, page, email) for email in (KNOWN, "nobody@example.com"))
        assert known == unknown
        assert any("INSERT INTO outbox_mails" in statement for statement in unknown)

    def test_of_nobody_posts_no_mail(self, product: Product, browser: Browser) -> None:
        browser.post("/forgot-password", {"email": "nobody@example.com"})
        assert not mails(product, "reset")

    def test_at_a_host_that_is_not_ours_is_refused(self, product: Product, new_browser: NewBrowser) -> None:  # LOG-S29
        evil = new_browser(host="evil.example")
        fields = {"email": KNOWN}
        assert evil.client.post("/forgot-password", data=fields, base_url=evil.base_url).status_code == 400
        assert not mails(product, "reset")

    def test_too_often_is_refused(self, browser: Browser) -> None:
        answers = [browser.post("/forgot-password", {"email": KNOWN}).status_code for _ in range(6)]
        assert answers == [200] * 5 + [429]

    def test_with_what_is_no_address_says_so(self, browser: Browser) -> None:
        answer = browser.post("/forgot-password", {"email": "nobody"})
        assert answer.status_code == 422
        assert "Enter an e-mail address like" in answer.text


class TestAReset:
    def test_sets_the_password_signs_in_here_and_nowhere_else(
        self, product: Product, known: Browser, browser: Browser, reset_link: str
    ) -> None:
        assert browser.post(reset_link, {"password": NEW}).status_code == 303
        assert browser.is_signed_in()
        assert not known.is_signed_in()
        assert len(sign_ins(product)) == 1

    def test_replaces_the_old_password(self, browser: Browser, new_browser: NewBrowser, reset_link: str) -> None:
        browser.post(reset_link, {"password": NEW})
        assert new_browser().log_in(KNOWN, PASSWORD).status_code == 401
        assert new_browser().log_in(KNOWN, NEW).status_code == 303

    def test_confirms_the_address_and_tells_its_owner(
        self, product: Product, browser: Browser, reset_link: str
    ) -> None:
        browser.post(reset_link, {"password": NEW})
        assert readers(product)[0].confirmed_at is not None
        assert len(mails(product, "password_changed")) == 1

    def test_with_a_bad_password_may_be_tried_again(self, browser: Browser, reset_link: str) -> None:
        answer = browser.post(reset_link, {"password": "short"})
        assert answer.status_code == 422
        assert "at least 8 characters" in answer.text
        assert browser.post(reset_link, {"password": NEW}).status_code == 303

    def test_link_that_is_old_used_cut_or_another_sites_opens_nothing(  # LOG-S26
        self, browser: Browser, new_browser: NewBrowser, reset_link: str
    ) -> None:
        other = new_browser(host="other.test")
        with later(hours=1.1):
            assert _both(browser, reset_link) == [410, 410]
        assert _both(browser, reset_link[:-1]) == [404, 404]
        assert _both(browser, reset_link + "é") == [404, 404]
        assert _both(other, reset_link) == [404, 404]
        assert _both(browser, reset_link.replace("reset-password", "confirm")) == [404, 404]
        assert _both(browser, reset_link) == [200, 303]
        assert _both(browser, reset_link) == [410, 410]

    def test_link_is_told_to_nobody(self, browser: Browser, reset_link: str) -> None:
        for path in (reset_link, reset_link[:-1]):
            assert browser.get(path).headers["Referrer-Policy"] == "no-referrer"

    def test_page_can_be_sent_by_browsers_that_keep_its_address_to_themselves(
        self, browser: Browser, reset_link: str
    ) -> None:
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        assert browser.post(reset_link, {"password": NEW}, headers=headers).status_code == 303

    def test_link_dies_when_the_password_is_changed_otherwise(
        self, known: Browser, browser: Browser, reset_link: str
    ) -> None:
        known.post("/account/password", {"present_password": PASSWORD, "password": NEW})
        assert browser.get(reset_link).status_code == 410


class TestChangingThePassword:
    def test_asks_for_the_present_one(self, known: Browser) -> None:
        answer = known.post("/account/password", {"present_password": "wrong", "password": NEW})
        assert answer.status_code == 422
        assert "not your present password" in answer.text

    def test_keeps_this_browser_and_ends_the_others(self, known: Browser, browser: Browser) -> None:
        browser.log_in(KNOWN)
        assert known.post("/account/password", {"present_password": PASSWORD, "password": NEW}).status_code == 303
        assert known.is_signed_in()
        assert not browser.is_signed_in()

    def test_is_told_by_mail(self, product: Product, known: Browser) -> None:
        known.post("/account/password", {"present_password": PASSWORD, "password": NEW})
        assert mails(product, "password_changed")[0].recipient == KNOWN

    def test_of_somebody_signed_out_asks_to_sign_in(self, browser: Browser) -> None:
        answer = browser.post("/account/password", {"present_password": PASSWORD, "password": NEW})
        assert (answer.status_code, answer.location) == (303, "/login?next=/account")

    def test_guessing_the_present_one_has_a_ceiling(self, known: Browser) -> None:
        fields = {"present_password": "wrong", "password": NEW}
        assert [known.post("/account/password", fields).status_code for _ in range(11)] == [422] * 10 + [429]


def _both(browser: Browser, link: str) -> list[int]:
    return [browser.get(link).status_code, browser.post(link, {"password": NEW}).status_code]


def _bare(text: str, email: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text).replace(email, "ADDRESS")


def _statements(product: Product, browser: Browser, page: str, email: str) -> list[str]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(product.database.engine, "before_cursor_execute", note)
    browser.post(page, {"email": email})
    event.remove(product.database.engine, "before_cursor_execute", note)
    return [statement for statement in statements if not statement.startswith(("RELEASE", "ROLLBACK"))]
