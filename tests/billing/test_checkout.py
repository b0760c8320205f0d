"""One page, one customer, one subscription: what a click on a price leads to, and what its failures leave behind."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from paywall import clock
from paywall.billing.catalogue.putting_on_sale import NewPlan, set_up_plan
from paywall.billing.checkout.errors import AlreadySubscribed, CheckoutBusy, PaymentDue, UnknownPrice
from paywall.billing.checkout.tables import Checkout, CheckoutState, Customer, customer_of
from paywall.billing.checkout.turns import Wish, end_turn, take_turn
from paywall.billing.checkout.welcome import finish_checkout
from paywall.billing.stripe_errors import CardRefused, StripeRefused, StripeUnavailable
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.syncing.ownership import Owner
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import PaywallError
from paywall.publishers.tables import Publisher
from tests.billing.shop import DIGITAL, MONTHLY, PAY, SITE, YEARLY, Shop

CREATE = "POST /v1/checkout/sessions"


def subscribe(shop: Shop, reader_id: int) -> str:
    """Let a reader pay and come back; returns the subscription's id."""
    session_id = shop.pay(shop.click(reader_id)).location.partition("session_id=")[2]
    finish_checkout(shop.billing, Owner(shop.publisher.id, reader_id), session_id)
    return str(shop.sessions()[0]["subscription"])


class TestAReaderWhoChoosesAPrice:
    def test_is_sent_to_a_page_that_knows_reader_price_and_the_ways_back(self, shop: Shop) -> None:
        reader = shop.reader()
        address = shop.click(reader, goal="/articles/a b?x=1&y=2")
        (page,) = shop.sessions()
        (row,) = shop.checkouts()
        about = {"publisher": shop.publisher.slug, "reader": str(reader), "checkout": row.id}
        assert address == page["url"]
        assert address.startswith(PAY)
        assert (page["mode"], page["client_reference_id"], page["metadata"]) == ("subscription", str(reader), about)
        assert page["success_url"] == f"{SITE}/subscribe/welcome?session_id={{CHECKOUT_SESSION_ID}}"
        assert page["cancel_url"] == f"{SITE}/subscribe?price={MONTHLY}&next=/articles/a%20b%3Fx%3D1%26y%3D2"
        assert page["allow_promotion_codes"] is True
        assert (row.session_id, row.next, row.state) == (page["id"], "/articles/a b?x=1&y=2", CheckoutState.OPEN)

    def test_and_pays_has_a_subscription_that_names_the_reader_too(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.pay(shop.click(reader))
        (subscription,) = shop.subscriptions()
        assert subscription["metadata"]["reader"] == str(reader)
        assert subscription["items"]["data"][0]["price"]["lookup_key"] == MONTHLY

    def test_is_found_again_by_what_the_checkout_wrote_after_a_restore_has_lost_the_customer(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.pay(shop.click(reader))
        with shop.database.writing() as session:
            session.execute(delete(Checkout))
            session.execute(delete(Customer))
        (subscription,) = shop.subscriptions()
        sync_subscription(shop.billing, subscription["id"])
        with shop.database.reading() as session:
            assert customer_of(session, reader) == subscription["customer"]
            assert session.scalars(select(Subscription.reader_id)).all() == [reader]

    def test_has_one_customer_however_often_a_page_is_made(self, shop: Shop) -> None:
        reader = shop.reader()
        for lookup_key in (MONTHLY, YEARLY, MONTHLY):
            shop.click(reader, lookup_key)
        assert shop.writes().count("POST /v1/customers") == 1
        customer = shop.sessions()[0]["customer"]
        with shop.database.reading() as session:
            assert customer_of(session, reader) == customer

    def test_again_finds_the_page_that_is_open_already(self, shop: Shop) -> None:
        reader = shop.reader()
        assert shop.click(reader) == shop.click(reader)
        assert len(shop.sessions()) == 1

    def test_of_another_kind_then_finds_the_first_page_closed(self, shop: Shop) -> None:
        reader = shop.reader()
        first, second = shop.click(reader, MONTHLY), shop.click(reader, YEARLY)
        assert first != second
        assert [page["status"] for page in shop.sessions()] == ["open", "expired"]
        assert shop.pay(first).status_code != 303
        assert shop.subscriptions() == []

    def test_after_a_day_gets_a_new_page(self, shop: Shop) -> None:
        reader = shop.reader()
        first = shop.click(reader)
        shop.time.move(hours=25)
        assert shop.click(reader) != first
        assert len(shop.open_checkouts()) == 1

    def test_whose_page_stripe_has_forgotten_gets_a_new_one(self, shop: Shop) -> None:
        reader = shop.reader()
        first = shop.click(reader)
        shop.sandbox.faults.add("GET /v1/checkout/sessions/<id>", status=404, body=b'{"error": {"type": "x"}}')
        assert shop.click(reader) != first

    def test_whose_page_is_paid_but_not_yet_heard_of_is_led_to_the_welcome_page(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.pay(shop.click(reader))
        assert shop.click(reader) == f"/subscribe/welcome?session_id={shop.sessions()[0]['id']}"
        assert len(shop.subscriptions()) == 1


class TestAPriceThatIsNotOnOffer:
    @pytest.mark.parametrize("lookup_key", ["news:digital:week:azn", "other:digital:month:azn", ""])
    def test_leads_nowhere_and_leaves_nothing(self, shop: Shop, lookup_key: str) -> None:
        with pytest.raises(UnknownPrice):
            shop.click(shop.reader(), lookup_key)
        assert (shop.checkouts(), list(shop.sandbox.calls)) == ([], [])

    def test_any_more_leads_nowhere(self, shop: Shop) -> None:
        archived = NewPlan(DIGITAL.slug, DIGITAL.name, "", DIGITAL.prices[:1])
        with shop.database.writing() as session:
            set_up_plan(session, session.get_one(Publisher, shop.publisher.id), archived)
        with pytest.raises(UnknownPrice):
            shop.click(shop.reader(), YEARLY)

    def test_at_stripe_for_the_amount_we_show_sells_nothing(self, shop: Shop) -> None:
        price = shop.gateway.find_prices([MONTHLY])[MONTHLY]
        shop.gateway.ask(lambda v1: v1.prices.update(price["id"], {"active": False}))
        with pytest.raises(StripeRefused):
            shop.click(shop.reader())
        assert shop.sessions() == []


class TestAReaderWhoSubscribesAlready:
    def test_is_refused_without_a_word_to_stripe(self, shop: Shop) -> None:
        reader = shop.reader()
        subscribe(shop, reader)
        shop.sandbox.calls.clear()
        with pytest.raises(AlreadySubscribed):
            shop.click(reader)
        assert not shop.sandbox.calls

    @pytest.mark.parametrize("status", ["past_due", "unpaid", "incomplete", "paused", "a_word_of_tomorrow"])
    def test_but_owes_something_is_sent_to_pay_it(self, shop: Shop, status: str) -> None:
        reader = shop.reader()
        subscribe(shop, reader)
        with shop.database.writing() as session:
            session.execute(update(Subscription).values(status=status))
        shop.sandbox.calls.clear()
        with pytest.raises(PaymentDue):
            shop.click(reader)
        assert not shop.sandbox.calls

    def test_as_only_stripe_knows_is_refused_and_known_from_then_on(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.pay(shop.click(reader))
        with shop.database.writing() as session:
            session.execute(update(Checkout).values(state=CheckoutState.CLOSED))
        with pytest.raises(AlreadySubscribed):
            shop.click(reader)
        assert shop.open_checkouts() == []
        assert len(shop.subscriptions()) == 1
        shop.sandbox.calls.clear()
        with pytest.raises(AlreadySubscribed):
            shop.click(reader)
        assert not shop.sandbox.calls

    def test_until_the_subscription_has_ended_may_buy_again_afterwards(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.gateway.cancel_subscription(subscribe(shop, reader))
        with shop.database.writing() as session:
            session.execute(update(Subscription).values(status="canceled"))
        assert shop.click(reader).startswith(PAY)


class TestStripeInTrouble:
    @pytest.mark.parametrize("route", ["GET /v1/prices", "POST /v1/customers", CREATE])
    @pytest.mark.parametrize(
        ("status", "situation"),
        [(500, StripeUnavailable), (429, StripeUnavailable), (400, StripeRefused), (401, StripeRefused)],
    )
    def test_leaves_nothing_in_the_way_of_the_next_click(
        self, shop: Shop, route: str, status: int, situation: type[PaywallError]
    ) -> None:
        reader = shop.reader()
        times = 2 if route == "POST /v1/customers" else 1
        shop.sandbox.faults.add(route, status=status, times=times)
        with pytest.raises(situation) as caught:
            shop.click(reader)
        assert caught.value.status == 503
        assert caught.value.retry_after
        shop.sandbox.faults.clear()
        assert shop.click(reader).startswith(PAY)
        assert len(shop.sessions()) == 1
        attempts = 1 if status == 429 else 2  # what Stripe has answered it would answer again to the same key
        assert len(shop.checkouts()) == attempts

    def test_with_a_card_says_what_stripe_says(self, shop: Shop) -> None:
        body = b'{"error": {"type": "card_error", "message": "Your card has no money."}}'
        shop.sandbox.faults.add(CREATE, status=402, body=body)
        with pytest.raises(CardRefused, match="Your card has no money"):
            shop.click(shop.reader())

    @pytest.mark.parametrize(
        "body", [b"{", b"[]", b"null", b"{}", b'{"id": "cs_test_1", "object": "checkout.session"}']
    )
    def test_with_its_own_words_is_a_503_and_soon_over(self, shop: Shop, body: bytes) -> None:
        reader = shop.reader()
        shop.sandbox.faults.add(CREATE, status=200, body=body)
        with pytest.raises(StripeUnavailable):
            shop.click(reader)
        assert shop.click(reader).startswith(PAY)

    @pytest.mark.parametrize("route", ["POST /v1/customers", CREATE])
    def test_that_loses_an_answer_gives_the_same_one_to_the_next_click(self, shop: Shop, route: str) -> None:
        reader = shop.reader()
        shop.sandbox.faults.add(route, drop_after_commit=True)
        with pytest.raises(StripeUnavailable):
            shop.click(reader)
        (before,) = shop.checkouts()
        assert shop.click(reader).startswith(PAY)
        (after,) = shop.checkouts()
        assert after.id == before.id
        assert len(shop.sessions()) == 1
        assert len(list(shop.gateway.ask_all(lambda v1: v1.customers.list()))) == 1

    def test_that_keeps_an_error_under_the_readers_key_is_asked_under_another(self, shop: Shop) -> None:
        reader = shop.reader()
        shop.sandbox.faults.add("POST /v1/customers", status=500)
        assert shop.click(reader).startswith(PAY)


class TestAProcessThatDiedWhileMakingThePage:
    def test_is_taken_over_with_the_same_attempt_once_its_time_is_up(self, shop: Shop) -> None:
        reader = shop.reader()
        long_ago = clock.wall() - timedelta(minutes=1)
        dead = take_turn(shop.database, shop.order(reader).wish(), long_ago, has_waited=False)
        assert shop.click(reader).startswith(PAY)
        assert shop.sessions()[0]["metadata"]["checkout"] == dead.checkout_id

    def test_is_waited_for_before_that_but_not_for_long(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paywall.billing.checkout.starting.WAIT_FOR", timedelta())
        reader = shop.reader()
        take_turn(shop.database, shop.order(reader).wish(), clock.wall(), has_waited=False)
        with pytest.raises(CheckoutBusy) as caught:
            shop.click(reader)
        assert caught.value.retry_after == 2
        assert shop.sessions() == []

    def test_that_was_only_slow_does_not_overwrite_who_took_over(self, shop: Shop) -> None:
        reader = shop.reader()
        gate = threading.Event()
        shop.sandbox.faults.add(CREATE, gate=gate, gate_at="after")
        with ThreadPoolExecutor(2) as pool:
            slow = pool.submit(shop.click, reader)
            while not shop.sessions():
                pass
            with shop.database.writing() as session:
                session.execute(update(Checkout).values(worked_until=clock.wall()))
            fast = pool.submit(shop.click, reader)
            assert fast.result().startswith(PAY)
            gate.set()
            assert slow.result() == fast.result()
        assert len(shop.sessions()) == 1


class TestParallelClicks:
    def test_all_get_the_one_page_while_its_maker_is_held(self, shop: Shop) -> None:
        reader = shop.reader()
        gate = threading.Event()
        shop.sandbox.faults.add(CREATE, gate=gate)
        with ThreadPoolExecutor(5) as pool:
            clicks = [pool.submit(shop.click, reader) for _ in range(5)]
            while ("POST", "/v1/checkout/sessions") not in shop.sandbox.calls:
                pass
            gate.set()
            assert len({click.result() for click in clicks}) == 1
        assert len(shop.sessions()) == 1
        assert len(shop.checkouts()) == 1

    def test_of_ten_readers_make_one_page_each_and_no_second_subscription(self, shop: Shop) -> None:
        readers = [shop.reader() for _ in range(10)]
        with ThreadPoolExecutor(10) as pool:
            addresses = list(pool.map(shop.click, [reader for reader in readers for _ in range(5)]))
        assert len(set(addresses)) == len(shop.sessions()) == len(shop.checkouts()) == 10
        for address in set(addresses):
            assert shop.pay(address).status_code == 303
        assert len({one["customer"] for one in shop.subscriptions()}) == len(shop.subscriptions()) == 10

    def test_on_two_prices_leave_one_page_open(self, shop: Shop) -> None:
        reader = shop.reader()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda key: shop.click(reader, key), [MONTHLY, YEARLY]))
        assert [page["status"] for page in shop.sessions()].count("open") == 1


def test_a_turn_is_given_to_one_of_many_who_come_at_once(shop: Shop) -> None:
    reader = shop.reader()
    wish = Wish(shop.publisher.id, reader, MONTHLY, "/")
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _: take_turn(shop.database, wish, clock.wall(), has_waited=False), range(8)))
    assert [turn.is_mine for turn in turns].count(True) == 1
    assert len({turn.checkout_id for turn in turns}) == 1


def test_a_turn_that_was_taken_over_can_not_be_ended_by_its_old_holder(shop: Shop) -> None:
    wish, now = shop.order(shop.reader()).wish(), clock.wall()
    old = take_turn(shop.database, wish, now - timedelta(minutes=1), has_waited=False)
    assert take_turn(shop.database, wish, now, has_waited=False).is_mine
    end_turn(shop.database, old, now)
    assert not take_turn(shop.database, wish, now, has_waited=False).is_mine
