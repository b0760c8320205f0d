"""What the account says in each state that a subscription can be in: read the table as the specification."""

from datetime import timedelta
from typing import Any

import pytest

from paywall.account.sentences import SENTENCES
from paywall.account.situation import Facts, Situation
from paywall.billing.changing.rules import Rate
from paywall.billing.subscriptions.status import Status
from tests.account.states import BEGAN, GRACE, NEXT, NOW, comp, invoice, right, subscription, told

DAY = timedelta(days=1)
NO_BREAK = "\N{NO-BREAK SPACE}"
PAID, OPEN = invoice(), invoice(stripe_id="in_2", status="open")
CHEAPER = Rate(299, "month")


def ended(**about: Any) -> Any:
    return subscription(**{"status": "canceled", "ended_at": NOW - DAY, "paid_through_at": NOW - DAY, **about})


def owing(status: str, **about: Any) -> Any:
    return subscription(status=status, paid_through_at=NOW - DAY, **about)


STATES: list[tuple[str, Facts, Situation, str, str]] = [
    ("never subscribed", Facts(None), Situation.NONE, "You have no subscription.", "See the plans"),
    (
        "given away",
        Facts(None, entitlements=[comp()]),
        Situation.COMP,
        "You read free of charge until 24 December.",
        "Go on reading",
    ),
    (
        "in a trial of twelve more days",
        Facts(subscription(status="trialing", trial_end_at=NOW + 12 * DAY, period_end_at=NOW + 12 * DAY)),
        Situation.TRIALING,
        "Your trial runs for 12 more days. First payment €4.99 on 6 December.",
        "Go on reading",
    ),
    (
        "on the last day of a trial",
        Facts(subscription(status="trialing", trial_end_at=NOW + 2 * DAY / 24, period_end_at=NOW + 2 * DAY / 24)),
        Situation.TRIALING,
        "Your trial ends today. First payment €4.99 on 24 November.",
        "Go on reading",
    ),
    (
        "paying by the month",
        Facts(subscription(), [PAID], [right()]),
        Situation.ACTIVE,
        "You subscribe monthly. Next payment €4.99 on 24 December.",
        "Go on reading",
    ),
    (
        "paying by the year",
        Facts(subscription(interval="year", amount_minor=4990, period_end_at=NEXT.replace(year=2027)), [PAID]),
        Situation.ACTIVE,
        "You subscribe yearly. Next payment €49.90 on 24 December 2027.",
        "Go on reading",
    ),
    (
        "at half the price for three months",
        Facts(subscription(discount_percent="50", discount_ends_at=NEXT + 60 * DAY), [PAID]),
        Situation.DISCOUNTED,
        "You subscribe monthly for €2.49 until 22 February 2027, then €4.99. Next payment €2.49 on 24 December.",
        "Go on reading",
    ),
    (
        "cheaper for good",
        Facts(subscription(discount_minor=100), [PAID]),
        Situation.DISCOUNTED,
        "You subscribe monthly for €3.99 instead of €4.99. Next payment €3.99 on 24 December.",
        "Go on reading",
    ),
    (
        "with a discount that is over by the next payment",
        Facts(subscription(discount_percent="50", discount_ends_at=NEXT - DAY), [PAID]),
        Situation.ACTIVE,
        "You subscribe monthly. Next payment €4.99 on 24 December.",
        "Go on reading",
    ),
    (
        "with an upgrade whose payment waits",
        Facts(subscription(has_pending_update=True), [OPEN, PAID], [right()]),
        Situation.CHANGE_WAITS_FOR_PAYMENT,
        "Your change waits for its payment. Until it is made, everything stays as it is.",
        "Pay now",
    ),
    (
        "with a downgrade to come",
        Facts(subscription(schedule_id="sub_sched_1", next_price_id="price_2", next_change_at=NEXT), [PAID]),
        Situation.CHANGES_LATER,
        "You subscribe monthly. From 24 December you pay €2.99 a month; until then everything stays.",
        "Keep the present plan",
    ),
    (
        "paid by a bank debit that takes days",
        Facts(subscription(paid_through_at=None), [invoice(status="open", is_processing=True)], [right(BEGAN)]),
        Situation.PAYMENT_ON_ITS_WAY,
        "Your payment of €4.99 is on its way, which takes a bank a few days. Reading opens as soon as it arrives.",
        "Go on reading",
    ),
    (
        "paused by its reader",
        Facts(subscription(collection_is_paused=True, resumes_at=NEXT + 31 * DAY - DAY / 24), [PAID], [right()]),
        Situation.PAUSED,
        (
            "Your subscription is paused. You can read until 24 December; "
            "nothing is charged until 24 January 2027, when it goes on."
        ),
        "Resume your subscription",
    ),
    (
        "cancelled while Stripe is away",
        Facts(subscription(), [PAID], [right()], noted_at=NOW),
        Situation.CANCELLATION_NOTED,
        (
            "Your cancellation is noted as of 24 November. You can read until 24 December. The payment service is "
            "out of reach just now; we write to you once it is done, and nothing more is charged."
        ),
        "Go on reading",
    ),
    (
        "cancelled for the end of the period",
        Facts(subscription(cancels_at=NEXT), [PAID], [right()]),
        Situation.CANCELLED,
        "Your subscription is cancelled. You can read until 24 December; nothing more is charged.",
        "Resume your subscription",
    ),
    (
        "past due, in grace",
        Facts(owing("past_due"), [OPEN, PAID], [right(GRACE)]),
        Situation.IN_GRACE,
        "Your last payment of €4.99 failed. You can still read until 1 December.",
        "Pay now",
    ),
    (
        "past due, grace over",
        Facts(owing("past_due"), [OPEN, PAID], [right(NOW - DAY)]),
        Situation.UNPAID,
        "Your last payment of €4.99 failed, and your subscription rests until it is made.",
        "Pay now",
    ),
    (
        "unpaid",
        Facts(owing("unpaid"), [OPEN, PAID], [right(BEGAN)]),
        Situation.UNPAID,
        "Your last payment of €4.99 failed, and your subscription rests until it is made.",
        "Pay now",
    ),
    (
        "a renewal that the bank wants confirmed",
        Facts(owing("past_due"), [invoice(status="open", needs_action=True), PAID], [right(GRACE)]),
        Situation.ACTION_REQUIRED,
        "Your bank wants you to confirm your payment of €4.99. You can still read until 1 December.",
        "Confirm the payment",
    ),
    (
        "a first payment that was not finished",
        Facts(subscription(status="incomplete", paid_through_at=None), [OPEN], [right(BEGAN)]),
        Situation.FIRST_PAYMENT_UNFINISHED,
        "Your first payment is not finished yet.",
        "Finish the payment",
    ),
    (
        "a trial that ended without a card",
        Facts(subscription(status="paused", paid_through_at=NOW - DAY)),
        Situation.TRIAL_OVER_WITHOUT_CARD,
        "Your trial is over, and there is no card to go on with. Nothing is charged.",
        "Add a card",
    ),
    (
        "refunded, and still subscribed",
        Facts(subscription(paid_through_at=None), [invoice(refunded_minor=499)], [right(BEGAN)]),
        Situation.REFUNDED,
        "Your last payment was given back, and reading ended with it. Next payment €4.99 on 24 December.",
        "See the invoices",
    ),
    (
        "disputed",
        Facts(subscription(), [invoice(dispute="needs_response")], [right(suspended=True)]),
        Situation.DISPUTED,
        "Your access is suspended while your bank looks into a payment that was disputed.",
        "See the invoices",
    ),
    (
        "a dispute that was lost",
        Facts(ended(), [invoice(dispute="lost")]),
        Situation.ENDED_DISPUTED,
        "Your bank took a payment back, and your subscription ended with it.",
        "Subscribe again",
    ),
    (
        "ended, with time left that is paid for",
        Facts(ended(paid_through_at=NEXT), [PAID], [right()]),
        Situation.ENDED_BUT_PAID,
        "Your subscription has ended. You can read until 24 December.",
        "Subscribe again",
    ),
    (
        "ended as its reader wanted",
        Facts(ended(ended_because="cancellation_requested"), [PAID]),
        Situation.ENDED,
        "Your subscription ended on 23 November.",
        "Subscribe again",
    ),
    (
        "ended after the last failed attempt",
        Facts(ended(ended_because="payment_failed"), [PAID]),
        Situation.ENDED_UNPAID,
        "Your subscription ended on 23 November, because the payment for it failed.",
        "Subscribe again",
    ),
    (
        "ended and refunded",
        Facts(ended(), [invoice(refunded_minor=499)]),
        Situation.ENDED_REFUNDED,
        "Your last payment was given back, and your subscription has ended.",
        "Subscribe again",
    ),
    (
        "ended because the customer was deleted at Stripe",
        Facts(ended(), [PAID], customer_is_gone=True),
        Situation.CUSTOMER_DELETED,
        "Your payment details were deleted, and your subscription ended with them.",
        "Subscribe again",
    ),
    (
        "ended, and given away since",
        Facts(ended(), [PAID], [comp()]),
        Situation.COMP,
        "You read free of charge until 24 December.",
        "Go on reading",
    ),
    (
        "a first payment that was given up",
        Facts(subscription(status="incomplete_expired", ended_at=NOW - DAY), [invoice(status="void")]),
        Situation.NONE,
        "You have no subscription.",
        "See the plans",
    ),
    (
        "in a status that nobody knows",
        Facts(subscription(status="on_the_moon"), [PAID], [right(BEGAN)]),
        Situation.UNKNOWN,
        "We can’t tell just now how your subscription stands. The newspaper has been told.",
        "See the invoices",
    ),
]


class TestEveryState:
    @pytest.mark.parametrize(
        ("facts", "situation", "sentence", "step"), [one[1:] for one in STATES], ids=[one[0] for one in STATES]
    )
    def test_has_one_sentence_and_one_next_step(
        self, facts: Facts, situation: Situation, sentence: str, step: str
    ) -> None:
        said = told(facts, CHEAPER)
        plain = said.sentence.replace(NO_BREAK, " ")
        assert (said.situation, plain, said.step.label) == (situation, sentence, step)

    def test_keeps_a_date_on_one_line(self) -> None:
        said = told(Facts(subscription(cancels_at=NEXT), [PAID], [right()]))
        assert f"until 24{NO_BREAK}December; nothing" in said.sentence

    def test_is_in_the_table(self) -> None:
        assert {one[2] for one in STATES} == set(Situation)

    def test_has_words(self) -> None:
        assert set(SENTENCES) == set(Situation)

    @pytest.mark.parametrize("status", [*Status, "on_the_moon"])
    @pytest.mark.parametrize("paid", [True, False])
    @pytest.mark.parametrize("reads", [True, False])
    def test_of_stripe_comes_to_a_sentence_whatever_else_is_so(self, status: str, paid: bool, reads: bool) -> None:
        row = subscription(status=status, paid_through_at=NEXT if paid else None)
        held = [right(NEXT if reads else BEGAN)]
        for invoices in ([], [PAID], [OPEN, PAID]):
            said = told(Facts(row, invoices, held))
            assert said.sentence.endswith(".")
            assert "None" not in said.sentence
            assert "!" not in said.sentence
