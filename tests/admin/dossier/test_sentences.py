"""The first line of a dossier: every way in which a reader may or may not read has a sentence of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paywall.admin.dossier.facts import Facts
from paywall.admin.dossier.standing import Verdict, verdict_on
from paywall.admin.ground.days import Days
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Source, Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.rules import Profile
from paywall.readers.devices import Device
from paywall.readers.tables import Reader
from tests.admin.dossier.life import invoice, subscription

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = Days("Asia/Baku")
NOTHING = "Nothing lets this reader in: "
PAID: dict[str, Any] = {"refunded_minor": 0, "was_attempted": True, "needs_action": False, "is_processing": False}
OPEN = {**PAID, "status": "open", "paid_minor": 0}
Rows = list[EntitlementRow]


def facts(profile: Profile | None = None, **known: Any) -> Facts:
    """Return the facts of a reader of whom nothing else is known."""
    account = {"email": "a@example.com", "active": True, "is_staff": False, "created_at": NOW, "confirmed_at": NOW}
    nothing: dict[str, Any] = dict.fromkeys(
        ("subscriptions", "invoices", "moved", "rights", "mails", "events", "deeds", "answers", "notes"), ()
    )
    values = {"devices": [Device(1, NOW, "")], "staff": {}, "plans": {}, "articles": {}, **nothing, **known}
    return Facts(publisher=profile, reader=Reader(id=7, **(account | values.pop("account", {}))), now=NOW, **values)  # type: ignore[arg-type]


def right(standing: Standing, days: float = 3, *, suspended: bool = False, **more: Any) -> EntitlementRow:
    source = Source.COMP if standing is Standing.COMP else Source.SUBSCRIPTION
    values = {"source_id": "sub_7", "paid_through_at": NOW + (days - 1) * DAY, "reason": "", "created_at": NOW, **more}
    row = EntitlementRow(reader_id=7, source=source.value, standing=standing.value, suspended=suspended, **values)
    row.valid_until = NOW + days * DAY
    return row


def said(status: str | None, rights: Rows, bill: dict[str, Any] | None = None, **changes: Any) -> Verdict:
    """Return what is said of a reader with a subscription of that status (or none), and of one invoice."""
    subscriptions = [subscription(1, 7, NOW, status=status, **changes)] if status else []
    invoices = [invoice(1, 7, NOW, **(bill or PAID))] if status else []
    return verdict_on(facts(subscriptions=subscriptions, invoices=invoices, rights=rights), DAYS)


class TestWhoMayRead:
    @pytest.mark.parametrize(
        ("standing", "status", "words"),
        [
            (Standing.SUBSCRIBED, "active", "A subscription lets this reader in until 30 Nov 2026: it is paid until"),
            (Standing.TRIALING, "trialing", "A trial lets this reader in until 30 Nov 2026"),
            (Standing.IN_GRACE, "past_due", "the grace period lets this reader in until 30 Nov 2026."),
            (Standing.PAID_THROUGH, "canceled", "until 30 Nov 2026; the subscription is cancelled"),
            (
                Standing.COMP,
                None,
                "A comp lets this reader in free of charge until 30 Nov 2026. The reason given: Flood",
            ),
        ],
    )
    def test_is_told_by_what_and_until_when(self, standing: Standing, status: str | None, words: str) -> None:
        verdict = said(status, [right(standing, reason="Flood")])
        assert verdict.words == "May read"
        assert words in verdict.sentence

    def test_what_is_owed_in_the_grace_period_is_named(self) -> None:
        verdict = said("past_due", [right(Standing.IN_GRACE)], OPEN)
        assert verdict.sentence.startswith("The last payment of €4.99 failed; the grace period")

    def test_a_paused_subscription_is_not_called_cancelled(self) -> None:
        assert "is paused" in said("active", [right(Standing.PAID_THROUGH)], collection_is_paused=True).sentence

    def test_what_was_paid_for_elsewhere_is_not_called_a_subscription(self) -> None:
        held = right(Standing.PAID_THROUGH)
        held.source = Source.IMPORT.value
        assert "An import lets this reader in until 30 Nov 2026" in said(None, [held]).sentence
        held.valid_until = NOW - DAY
        assert "what was paid for elsewhere ended on 26 Nov 2026" in said(None, [held]).sentence

    def test_staff_read_whatever_was_paid(self) -> None:
        assert "member of staff" in verdict_on(facts(account={"is_staff": True}), DAYS).sentence

    def test_every_standing_has_a_sentence(self) -> None:
        told = {said("active", [right(standing)]).sentence for standing in Standing}
        assert len(told) == len(Standing)


class TestWhoMayNot:
    @pytest.mark.parametrize(
        ("status", "bill", "words"),
        [
            ("incomplete", OPEN, "the first payment of €4.99 of the subscription was never finished."),
            ("incomplete", OPEN | {"needs_action": True}, "the bank wants the first payment of €4.99 confirmed"),
            ("incomplete", OPEN | {"is_processing": True}, "the first payment of €4.99 is on its way"),
            ("incomplete_expired", OPEN, "was not made within a day."),
            ("past_due", OPEN, "the last payment of €4.99 failed, and access ended on 26 Nov 2026."),
            ("unpaid", OPEN, "the last payment of €4.99 failed"),
            ("paused", PAID, "there is no card to go on with."),
            ("canceled", PAID, "the subscription ended on 26 Dec 2026."),
            ("active", PAID | {"refunded_minor": 499}, "the last payment was given back, and access ended with it."),
            ("canceled", PAID | {"dispute": "lost"}, "the bank took a payment back"),
            ("active", PAID, "Stripe calls the subscription active, but what was paid for ended on"),
            ("brand_new", PAID, "a word that we do not know."),
        ],
    )
    def test_is_told_why(self, status: str, bill: dict[str, Any], words: str) -> None:
        verdict = said(status, [right(Standing.IN_GRACE, days=-1)], bill)
        assert (verdict.words, verdict.sentence.startswith(NOTHING)) == ("May not read", True)
        assert words in verdict.sentence

    def test_every_status_has_a_sentence(self) -> None:
        told = {said(status, [], bill=PAID).sentence for status in Status}
        assert len(told) == len(Status) - 1, "past due and unpaid are one to a reader who is locked out"

    def test_a_dispute_goes_before_everything_else(self) -> None:
        assert "disputed at the bank" in said("active", [right(Standing.SUBSCRIBED, suspended=True)]).sentence

    def test_free_access_that_ended_is_remembered(self) -> None:
        assert "free access ended on 26 Nov 2026" in said(None, [right(Standing.COMP, days=-1)]).sentence

    def test_the_erased_are_not_called_locked_out(self) -> None:
        assert verdict_on(facts(account={"active": False}), DAYS).words == "Erased"


class TestWhatIsOdd:
    def test_stands_below(self) -> None:
        rows = [subscription(1, 7, NOW), subscription(1, 7, NOW, is_current=False, stripe_id="sub_8")]
        remarks = verdict_on(facts(subscriptions=rows, devices=[], account={"confirmed_at": None}), DAYS).remarks
        assert [remark.split(":")[0] for remark in remarks] == [
            "Two subscriptions are being paid for",
            "The address was never confirmed",
            "Not signed in anywhere",
        ]

    def test_nothing_is_said_where_nothing_is(self) -> None:
        assert verdict_on(facts(), DAYS).remarks == ()
