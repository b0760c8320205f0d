"""Which mails a reader wants: a link in the mail, one click, no sign-in; what the contract needs always comes."""

import pytest

from paywall import clock, outbox
from paywall.billing.letters.choices import OPTIONAL, mails_switched_off, switch_mails, switch_path
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import BadInput
from tests.billing.shop import Shop
from tests.billing.stripe_world import World
from tests.billing.turning import turn
from tests.readers.browser import Browser

RECEIPT = "billing_receipt"


class TestALinkThatSwitchesMailsOff:
    @pytest.fixture
    def link(self, shop: Shop) -> str:
        path = switch_path(shop.billing.links, shop.reader(), RECEIPT)
        assert path
        return path

    def off(self, shop: Shop) -> frozenset[str]:
        with shop.database.reading() as session:
            return mails_switched_off(session, 1)

    def test_changes_nothing_when_it_is_looked_at(self, shop: Shop, link: str) -> None:
        page = Browser(shop.product.flask).get(link)
        assert page.status_code == 200
        assert "These mails are on" in page.text
        assert self.off(shop) == frozenset()

    def test_works_by_one_click_in_the_mail_program(self, shop: Shop, link: str) -> None:
        # RFC 8058: a POST from the mail provider's servers, with this body, no cookie, no token.
        answer = shop.product.flask.test_client().post(
            link, base_url="https://news.test", data={"List-Unsubscribe": "One-Click"}
        )
        assert answer.status_code == 200
        assert self.off(shop) == {RECEIPT}

    def test_goes_both_ways_on_its_page(self, shop: Shop, link: str) -> None:
        browser = Browser(shop.product.flask)
        for switch, expected in (("off", {RECEIPT}), ("off", {RECEIPT}), ("on", frozenset()), ("on", frozenset())):
            assert browser.post(link, {"switch": switch}).status_code == 200
            assert self.off(shop) == expected

    @pytest.mark.parametrize("broken", ["x", "A" * 40, "%00", "ÿ"])
    def test_that_is_broken_is_not_found(self, shop: Shop, link: str, broken: str) -> None:
        browser = Browser(shop.product.flask)
        assert link
        assert browser.get(f"/billing/mails/{broken}").status_code == 404
        assert browser.post(f"/billing/mails/{broken}", {"switch": "off"}).status_code == 404


class TestWhatCanBeSwitchedOff:
    def test_are_receipts_and_cards_only(self, world: World) -> None:
        reader_id = world.reader()
        assert set(OPTIONAL) == {RECEIPT, "billing_card_expiring"}
        with world.database.writing() as session, pytest.raises(BadInput, match="can't be switched off"):
            switch_mails(session, reader_id, "billing_payment_failed", on=False)
        assert switch_path(world.billing.links, reader_id, "billing_payment_failed") is None

    def test_stays_away_and_the_rest_comes(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        reader_id, stripe_id = world.subscriber()
        with world.database.writing() as session:
            switch_mails(session, reader_id, RECEIPT, on=False)
        sync_subscription(world.billing, stripe_id)
        turn(world, monkeypatch, days=31, hours=2)
        sync_subscription(world.billing, stripe_id)
        assert [mail.kind for mail in world.mails()] == ["billing_started"]
        assert world.deeds().count("mails_switched_off") == 1

    def test_carries_its_link_for_people_and_for_mail_programs(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        turn(world, monkeypatch, days=31, hours=2)
        sync_subscription(world.billing, stripe_id)
        started, receipt = world.mails()
        assert started.unsubscribe_url is None
        assert receipt.unsubscribe_url == f"http://news.test{switch_path(world.billing.links, reader_id, RECEIPT)}"
        assert receipt.unsubscribe_url in receipt.text
        with world.database.writing() as session:
            assert [one.kind for one in outbox.claim(session, clock.wall())] == ["billing_started", RECEIPT]
