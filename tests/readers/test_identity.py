"""The gate's knock: answered inside, unknown outside."""

from paywall.app import Product
from paywall.readers.knock import ENVIRON_KEY, PATH, Knock
from tests.readers.browser import Browser
from tests.readers.stored import readers, sign_ins


class TestAKnock:
    def test_from_inside_learns_who_is_signed_in(self, product: Product, browser: Browser) -> None:
        browser.sign_up("reader@example.com")
        knock = Knock()
        assert browser.get(PATH, environ_overrides={ENVIRON_KEY: knock}).status_code == 204
        assert (knock.reader_id, knock.sign_in_id) == (readers(product)[0].id, sign_ins(product)[0].id)

    def test_learns_nothing_of_a_stranger(self, browser: Browser) -> None:
        knock = Knock()
        assert browser.get(PATH, environ_overrides={ENVIRON_KEY: knock}).status_code == 204
        assert knock == Knock()

    def test_from_outside_finds_no_door(self, browser: Browser) -> None:
        browser.sign_up("reader@example.com")
        for headers in ({}, {"Paywall-Knock": "1", "paywall.knock": "1", "X-Paywall.Knock": "1"}):
            assert browser.get(PATH, headers=headers).status_code == 404
