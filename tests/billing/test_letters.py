"""The mails of billing: each says its fact in the subject, reads well as text and HTML, and leads to a next step."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from paywall.billing.ledger.tables import Refund
from paywall.billing.letters import posting
from paywall.billing.letters.case import Case, Past
from paywall.billing.letters.choices import OPTIONAL
from paywall.billing.letters.rules import card_ends_at, comes_seldom, latest, trial_moments
from paywall.billing.letters.sheet import Due, Sheet
from paywall.billing.links import Links
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.syncing.sync import sync_subscription
from paywall.letters.keeping import Place, give_words
from paywall.letters.kinds import KINDS
from paywall.letters.rules import Words
from paywall.letters.writing import Occasion, write_mail
from paywall.mail import Letterhead
from paywall.outbox import Mail, OutboxMail
from tests.billing.shop import SITE, Shop
from tests.billing.stripe_world import DAY, LOOKUP_KEY, World
from tests.billing.turning import turn
from tests.readers.browser import Browser

NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
MONTH = timedelta(days=31)
PAST = Past(price_id="price_1", lookup_key=LOOKUP_KEY, is_paused=False, resumes_at=None)


def subscription(**other: Any) -> Subscription:
    values: dict[str, Any] = {
        "id": 1, "publisher_id": 1, "reader_id": 1, "stripe_id": "sub_1", "customer_id": "cus_1", "is_current": True,
        "status": "active", "price_id": "price_1", "lookup_key": LOOKUP_KEY, "amount_minor": 499, "currency": "AZN",
        "interval": "month", "interval_count": 1, "created_at": NOW - 60 * DAY, "period_end_at": NOW + MONTH,
        "paid_through_at": NOW + MONTH, "collection_is_paused": False, "is_paused_for_dispute": False,
        "latest_invoice_id": "in_1",
    }  # fmt: skip
    return Subscription(**{**values, **other})


def invoice(**other: Any) -> Invoice:
    values: dict[str, Any] = {
        "stripe_id": "in_1", "subscription_id": "sub_1", "status": "paid", "reason": "subscription_cycle",
        "currency": "AZN", "total_minor": 499, "tax_minor": 76, "discount_minor": 0, "paid_minor": 499,
        "refunded_minor": 0, "number": "NEWS-0001", "period_start_at": NOW, "period_end_at": NOW + MONTH,
        "created_at": NOW, "opened_at": NOW, "paid_at": NOW, "was_attempted": True, "is_processing": False,
        "needs_action": False, "hosted_url": "https://invoice.stripe.com/i/1", "pdf_url": "https://pay.stripe.com/1.pdf",
    }  # fmt: skip
    return Invoice(**{**values, **other})


def owed(days: int = 0, **other: Any) -> Invoice:
    values = {"status": "open", "paid_minor": 0, "paid_at": None, "opened_at": NOW - days * DAY}
    return invoice(**{**values, **other})


def refund(minor: int) -> Refund:
    return Refund(stripe_id="re_1", invoice_id="in_1", currency="AZN", amount_minor=minor, status="succeeded", at=NOW)


def case(row: Subscription, *invoices: Invoice, **other: Any) -> Case:
    values: dict[str, Any] = {"past": None, "refunds": (), "trial_was_refused": False, "grace_days": 14, "now": NOW}
    return Case(row=row, invoices=invoices, **{**values, **other})


NEW, TRIAL = {"created_at": NOW}, {"status": "trialing", "created_at": NOW - 30 * DAY, "trial_end_at": NOW + 7 * DAY}
LATE: dict[str, Any] = {"status": "past_due", "paid_through_at": NOW}
BEGUN = invoice(reason="subscription_create")
LONG_AGO = invoice(stripe_id="in_0", reason="subscription_create", paid_at=NOW - 31 * DAY)

LETTERS: list[tuple[str, Case, str]] = [
    ("billing_started", case(subscription(**NEW), BEGUN), "You subscribe to The News"),
    (
        "billing_started",
        case(subscription(**{**TRIAL, **NEW, "paid_through_at": NOW + 14 * DAY, "trial_end_at": NOW + 14 * DAY})),
        "Your trial of The News has begun",
    ),
    (
        "billing_trial_ending",
        case(subscription(**TRIAL, paid_through_at=NOW + 7 * DAY)),
        "Your trial ends on 31 December 2026; then you pay 4.99\N{NO-BREAK SPACE}₼",
    ),
    (
        "billing_trial_refused",
        case(subscription(status="canceled", **NEW), trial_was_refused=True),
        "Your trial could not begin; nothing was charged",
    ),
    (
        "billing_payment_processing",
        case(subscription(**NEW, paid_through_at=None), owed(is_processing=True)),
        "Your payment of 4.99\N{NO-BREAK SPACE}₼ is on its way",
    ),
    ("billing_payment_failed", case(subscription(**LATE), owed(0)), "Your payment failed"),
    ("billing_payment_failed", case(subscription(**LATE), owed(7)), "Your payment failed"),
    ("billing_payment_failed", case(subscription(**LATE), owed(13)), "Your payment failed"),
    (
        "billing_action_required",
        case(subscription(**LATE), owed(3, needs_action=True)),
        "Your bank asks you to confirm a payment",
    ),
    ("billing_receipt", case(subscription(), LONG_AGO, invoice()), "Receipt: 4.99\N{NO-BREAK SPACE}₼ for The News"),
    (
        "billing_refunded",
        case(subscription(), invoice(refunded_minor=100, paid_at=NOW - 9 * DAY), refunds=[refund(100)]),
        "We have given back 1.00\N{NO-BREAK SPACE}₼",
    ),
    (
        "billing_refunded",
        case(subscription(), invoice(refunded_minor=499, paid_at=NOW - 9 * DAY), refunds=[refund(499)]),
        "We have given back 4.99\N{NO-BREAK SPACE}₼",
    ),
    (
        "billing_cancelled",
        case(subscription(cancels_at=NOW + MONTH, canceled_at=NOW)),
        "Your subscription has ended",  # nothing is stored of a right to read
    ),
    (
        "billing_ended",
        case(subscription(status="canceled", canceled_at=NOW, ended_at=NOW, ended_because="payment_failed")),
        "Your subscription has ended",
    ),
    (
        "billing_ended",
        case(subscription(status="unpaid"), owed(20), past=PAST),
        "Your subscription has stopped: it is not paid",
    ),
    (
        "billing_plan_changed",
        case(subscription(price_id="price_2", amount_minor=999), past=PAST),
        "Your plan has changed: Digital, 9.99\N{NO-BREAK SPACE}₼ a month",
    ),
    (
        "billing_change_scheduled",
        case(
            subscription(
                schedule_id="sub_sched_1",
                next_price_id="price_2",
                next_lookup_key=LOOKUP_KEY,
                next_change_at=NOW + MONTH,
            )
        ),
        "Your plan changes on 24 January 2027",
    ),
    (
        "billing_paused",
        case(subscription(collection_is_paused=True, resumes_at=NOW + 60 * DAY)),
        "Your subscription is paused",
    ),
    ("billing_paused", case(subscription(status="paused")), "Your trial is over"),
    (
        "billing_resumed",
        case(subscription(), past=Past("price_1", LOOKUP_KEY, is_paused=True, resumes_at=NOW + 9 * DAY)),
        "Your subscription goes on",
    ),
    (
        "billing_discount_ending",
        case(
            subscription(period_end_at=NOW + 6 * DAY, paid_through_at=NOW + 6 * DAY),
            invoice(discount_minor=250, paid_minor=249, paid_at=NOW - 25 * DAY),
        ),
        "From 30 December 2026 you pay the full price, 4.99\N{NO-BREAK SPACE}₼",
    ),
    (
        "billing_renewing",
        case(subscription(interval="year", period_end_at=NOW + 29 * DAY, paid_through_at=NOW + 29 * DAY)),
        "Your subscription renews on 22 January 2027 for 4.99\N{NO-BREAK SPACE}₼",
    ),
    (
        "billing_card_expiring",
        case(subscription(card_brand="visa", card_last4="4242", card_exp_month=12, card_exp_year=2026)),
        "Your card 4242 expires at the end of 12/2026",
    ),
]  # fmt: skip


def due_in(one: Case) -> list[Due]:
    return [due for rule in posting.RULES for due in rule(one)]


def written(world: World, due: Due, links: Links) -> Mail:
    head = Letterhead("The News", "desk@news.test", "https://news.test", "#8a1c1c")
    switch = "https://news.test/billing/mails/x" if due.kind in OPTIONAL else None
    with world.database.reading() as session:
        values = due.values(Sheet(session, world.publisher, head, links))
        return write_mail(session, world.publisher, head, Occasion(due.kind, "reader@example.org", values, switch))


def plain(text: str) -> str:
    return " ".join(text.split())


class TestEveryLetter:
    def test_is_due_for_its_case_and_reads_well(self, world: World) -> None:
        for kind, one, subject in LETTERS:
            (due,) = due_in(one)
            mail = written(world, due, world.billing.links)
            assert (due.kind, mail.subject) == (kind, subject)
            assert len(mail.subject) <= 78
            assert all(len(line) <= 78 for line in mail.text.splitlines() if "://" not in line), mail.text
            assert not re.search(r"\n\n\n\n|None|\{\{|!", mail.text), mail.text
            assert mail.html.count("display:inline-block") == 1, kind  # one button
            shown = plain(unescape(re.sub(r"<[^>]+>", " ", mail.html)))
            said = [line for line in mail.text.partition("\n-- ")[0].splitlines() if ":" not in line]
            assert all(plain(line) in shown for line in said), mail.text

    def test_fills_in_the_blanks_of_its_kind_and_no_others(self, world: World) -> None:
        head = Letterhead("The News", "desk@news.test", "https://news.test", "#8a1c1c")
        with world.database.reading() as session:
            sheet = Sheet(session, world.publisher, head, world.billing.links)
            for kind, one, _ in LETTERS:
                (due,) = due_in(one)
                said, known = due.values(sheet), KINDS[kind]
                assert set(said) == {*known.always, *known.optional, *known.situations}, kind
                assert all(said[name] for name in known.always), kind
                assert all(isinstance(said[name], bool) for name in known.situations), kind

    def test_is_in_the_table_above(self) -> None:
        kinds = {kind for kind, _, _ in LETTERS}
        assert len(kinds) == len(posting.RULES) + 1  # a payment that failed and one to confirm come from one rule

    def test_ends_the_subscription_without_signing_in_where_money_is_to_be_taken(self, world: World) -> None:
        telling = {"billing_started", "billing_trial_ending", "billing_receipt", "billing_renewing"}
        for kind, one, _ in LETTERS:
            if kind in telling:
                assert "/billing/cancel/" in written(world, due_in(one)[0], world.billing.links).text


class TestLinks:
    def test_in_a_letter_lead_somewhere_without_signing_in(self, shop: Shop) -> None:
        reader_id = shop.reader()
        shop.pay(shop.click(reader_id))
        sync_subscription(shop.billing, shop.subscriptions()[0]["id"])
        with shop.database.reading() as session:
            mails = list(session.scalars(select(OutboxMail).where(OutboxMail.kind.like("billing_%"))))
        links = {link for mail in mails for link in re.findall(rf"{SITE}(/\S*)", mail.text)}
        assert any(link.startswith("/billing/cancel/") for link in links)
        for link in links:
            assert Browser(shop.product.flask).get(link).status_code in (200, 302, 303), link


class TestASubscriptionsLife:
    def test_is_told_once_at_each_turn(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        _, stripe_id = world.subscriber()
        for _ in range(2):
            sync_subscription(world.billing, stripe_id)
        turn(world, monkeypatch, days=31, hours=3)
        for _ in range(2):
            sync_subscription(world.billing, stripe_id)
        assert [mail.kind for mail in world.mails()] == ["billing_started", "billing_receipt"]
        paid = world.invoices()[-1]
        world.billing.gateway.create_refund({"payment_intent": paid.payment_id, "amount": 100}, idempotency_key="1")
        for _ in range(2):
            sync_subscription(world.billing, stripe_id, with_money_back=True)
        world.billing.gateway.cancel_subscription(stripe_id)
        for _ in range(2):
            sync_subscription(world.billing, stripe_id)
        kinds = [mail.kind for mail in world.mails()]
        assert kinds == ["billing_started", "billing_receipt", "billing_refunded", "billing_cancelled"]
        assert "1.00 ₼ of the 4.99 ₼" in " ".join(world.mails()[2].text.split())

    def test_is_told_in_the_newspapers_own_words(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        text = "Many thanks.\n\n= Paid: {amount} on {paid_on}\n= Tax: {tax}\n\n> Invoice: {invoice_url}"
        text += "\n- Leave: {cancel_url}"
        with world.database.writing() as session:
            place = Place(world.publisher.id, "billing_receipt", world.publisher.language)
            give_words(session, place, Words("{newspaper} says thanks for {amount}", text), actor="staff:1")
        _, stripe_id = world.subscriber()
        turn(world, monkeypatch, days=31, hours=3)
        sync_subscription(world.billing, stripe_id)
        receipt = world.mails()[-1]
        assert (receipt.kind, receipt.subject) == (
            "billing_receipt",
            "The News says thanks for 4.99\N{NO-BREAK SPACE}₼",
        )
        assert receipt.text.startswith("Many thanks.\n\nPaid: 4.99\N{NO-BREAK SPACE}₼ on ")
        assert "/billing/cancel/" in receipt.text
        assert "/billing/mails/" in receipt.text  # where receipts are switched off is said whatever the words are

    def test_of_long_ago_is_not_told_when_it_is_imported(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        _, stripe_id = world.subscriber()
        turn(world, monkeypatch, days=75)
        sync_subscription(world.billing, stripe_id)
        assert world.mails() == []

    def test_ends_without_a_payment_and_says_so(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        reader_id = world.reader()
        customer = world.customer(reader_id)
        stripe_id = world.subscribe(customer)
        sync_subscription(world.billing, stripe_id)
        world.use_card(customer, "pm_card_chargeCustomerFail")
        turn(world, monkeypatch, days=31, hours=3)
        sync_subscription(world.billing, stripe_id)
        for _ in range(6):
            turn(world, monkeypatch, days=7)
            if sync_subscription(world.billing, stripe_id).status == "canceled":
                break
        assert world.mails()[-1].kind == "billing_ended"
        assert "billing_cancelled" not in {mail.kind for mail in world.mails()}


class TestWhenLettersAreDue:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [(30, [7, 3]), (8, [7, 3]), (7, [3]), (5, [3]), (4, [3]), (3, [1]), (1, [1])],
    )
    def test_a_trial_is_reminded_of_seven_and_three_days_before_its_end(self, days: int, expected: list[int]) -> None:
        end = NOW + days * DAY
        assert trial_moments(NOW, end) == [end - one * DAY for one in expected]

    def test_only_the_latest_of_missed_moments_counts(self) -> None:
        assert latest([NOW - 4 * DAY, NOW - DAY, NOW + DAY], NOW) == NOW - DAY
        assert latest([NOW + DAY], NOW) is None

    def test_a_card_works_to_the_end_of_its_month(self) -> None:
        assert card_ends_at(2026, 12) == datetime(2027, 1, 1, tzinfo=UTC)
        assert card_ends_at(2027, 2) == datetime(2027, 3, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("interval", "count", "seldom"),
        [("month", 1, False), ("month", 6, True), ("year", 1, True), ("week", 20, False), ("week", 26, True)],
    )
    def test_only_renewals_that_come_seldom_are_announced(self, interval: str, count: int, seldom: bool) -> None:
        assert comes_seldom(interval, count) is seldom

    @pytest.mark.parametrize(
        "change",
        [
            {"cancels_at": NOW + MONTH},
            {"collection_is_paused": True, "is_paused_for_dispute": True},
            {"status": "past_due"},
        ],
    )
    def test_nothing_is_announced_to_whoever_pays_no_more(self, change: dict[str, Any]) -> None:
        coming: list[Callable[[], Subscription]] = [
            lambda: subscription(interval="year", period_end_at=NOW + 29 * DAY, **change),
            lambda: subscription(card_brand="visa", card_last4="4242", card_exp_month=12, card_exp_year=2026, **change),
        ]
        assert [due_in(case(row())) for row in coming] == [[], []]
