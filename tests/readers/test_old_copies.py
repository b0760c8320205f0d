"""Copies of a session's cookie, kept from before it ended: none of them is anybody's."""

from collections.abc import Callable

import pytest
from flask_login.utils import encode_cookie

from paywall.app import Product
from paywall.changes import Change, ChangeFollower, ChangeKind
from paywall.outbox import OutboxMail
from paywall.readers.accounts import erase
from paywall.readers.ending import end_sign_ins
from paywall.readers.finding import reader_by_id
from tests.readers.browser import PASSWORD, Browser
from tests.readers.stored import link_in, mails, readers, sign_ins

NewBrowser = Callable[..., Browser]
KNOWN = "known@example.com"


def sign_out(_product: Product, browser: Browser) -> None:
    browser.post("/logout")


def change_password(_product: Product, browser: Browser) -> None:
    browser.post("/account/password", {"present_password": PASSWORD, "password": "another good password"})


def reset_password(product: Product, browser: Browser) -> None:
    browser.post("/forgot-password", {"email": KNOWN})
    browser.post(link_in(mails(product, "reset")[0]), {"password": "another good password"})


def be_erased(product: Product, _browser: Browser) -> None:
    with product.database.writing() as session:
        reader = reader_by_id(session, readers(product)[0].publisher_id, readers(product)[0].id)
        assert reader
        erase(session, reader)


def be_signed_out_by_staff(product: Product, _browser: Browser) -> None:
    with product.database.writing() as session:
        end_sign_ins(session, readers(product)[0].id)


ENDS = [sign_out, change_password, reset_password, be_erased, be_signed_out_by_staff]


@pytest.fixture
def known(browser: Browser) -> Browser:
    browser.sign_up(KNOWN)
    browser.log_in(KNOWN, remember="1")
    return browser


class TestACopyOfTheCookie:
    def test_is_as_good_as_the_cookie_while_the_sign_in_lives(self, known: Browser, new_browser: NewBrowser) -> None:
        thief = new_browser()
        thief.set_cookie(known.cookie())
        assert thief.is_signed_in()

    @pytest.mark.parametrize("end", ENDS)
    def test_is_nobodys_after_the_end(
        self, product: Product, known: Browser, new_browser: NewBrowser, end: Callable[[Product, Browser], None]
    ) -> None:
        copy, thief = known.cookie(), new_browser()
        end(product, known)
        thief.set_cookie(copy)
        assert not thief.is_signed_in()

    def test_is_nobodys_at_another_newspaper(self, known: Browser, new_browser: NewBrowser) -> None:
        thief = new_browser(host="other.test")
        thief.set_cookie(known.cookie())
        assert not thief.is_signed_in()

    def test_a_remember_cookie_or_an_authentication_token_signs_nobody_in(
        self, product: Product, known: Browser, new_browser: NewBrowser
    ) -> None:
        assert known.is_signed_in()
        secret = readers(product)[0].fs_uniquifier
        with product.flask.app_context():
            remembered = encode_cookie(secret, key=product.settings.secret_key)
            token = readers(product)[0].get_auth_token()
        stranger = new_browser()
        stranger.set_cookie(remembered, name="remember_token")
        answer = stranger.get("/account/password", headers={"Authentication-Token": token})
        assert answer.status_code == 302


class TestEveryProcess:
    @pytest.mark.parametrize("end", ENDS)
    def test_hears_of_the_end(self, product: Product, known: Browser, end: Callable[[Product, Browser], None]) -> None:
        [sign_in] = sign_ins(product)
        heard: list[Change] = []
        follower = ChangeFollower(product.database, [heard.append])
        follower.poll()
        heard.clear()
        end(product, known)
        follower.poll()
        assert (ChangeKind.SIGN_IN_ENDED, str(sign_in.id)) in {(change.kind, change.subject) for change in heard}


class TestAnErasedReader:
    def test_leaves_no_name_behind(self, product: Product, known: Browser) -> None:
        be_erased(product, known)
        [reader] = readers(product)
        assert KNOWN not in f"{reader.email} {reader.email_normalized}"
        assert (reader.password, reader.active) == (None, False)
        with product.database.reading() as session:
            assert not session.query(OutboxMail).all()

    def test_may_come_back_as_a_new_one(self, product: Product, known: Browser, new_browser: NewBrowser) -> None:
        be_erased(product, known)
        assert new_browser().log_in(KNOWN).status_code == 401
        assert new_browser().sign_up(KNOWN).status_code == 303
        assert len(readers(product)) == 2
