"""What happens when somebody presses the pay button: the card is charged, asks for 3-D Secure, or is declined."""

from dataclasses import dataclass
from typing import Literal

from paywall.sandbox.billing.invoices import collecting
from paywall.sandbox.billing.invoices.amounts import owed
from paywall.sandbox.billing.subscriptions import beginning, creating, trials
from paywall.sandbox.hosted import checkout, selling
from paywall.sandbox.hosted.card_form import read_form
from paywall.sandbox.payments import customers, payment_methods, payments
from paywall.sandbox.payments.cards import TypedCard
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work

INSUFFICIENT = "Your card has insufficient funds. Try a different card."
DECLINED = "Your credit card was declined. Try paying with a debit card instead."


@dataclass(frozen=True)
class Paid:
    """How it ended: paid, to be authenticated, or with errors beside the fields."""

    outcome: Literal["paid", "authenticate", "errors"]
    errors: dict[str, str]


def pay(work: Work, session: Json, form: dict[str, str]) -> Paid:
    """Charge the card typed on the page of an open session, or only keep it where nothing is due yet."""
    if asks_no_card(work, session):
        _give_customer(work, session, form["billing_name"])
        return _finish(work, session, None, None)
    typed = read_form(form, work.now)
    if not isinstance(typed, TypedCard):
        return Paid("errors", typed)
    method = payment_methods.from_card(work, typed, name=form["billing_name"], country=form["billing_country"])
    _give_customer(work, session, form["billing_name"])
    return _take(work, session, method, typed)


def _take(work: Work, session: Json, method: Json, typed: TypedCard) -> Paid:
    intent = _intent(work, session)
    if intent is None:
        declined = Paid("errors", {"card_number": typed.test_card.message})
        return _finish(work, session, method, None) if typed.test_card.attaches else declined
    intent = payments.attempt(work, intent, method)
    if intent["status"] == "succeeded":
        return _finish(work, session, method, intent)
    if intent["status"] == "requires_action":
        return Paid("authenticate", {})
    return Paid("errors", {"card_number": _sentence(intent["last_payment_error"])})


def authenticate(work: Work, session: Json, *, passed: bool) -> Paid:
    """Carry on after the 3-D Secure page, whichever button was pressed."""
    intent = waiting_intent(work, session)
    if intent is None:
        return Paid("errors", {})
    method = work.get("payment_method", intent["payment_method"])
    if not passed:
        payments.fail_authentication(work, intent, method)
        return Paid("errors", {"card_number": payments.CANNOT_AUTHENTICATE})
    return _finish(work, session, method, payments.attempt(work, intent, method, authenticated=True))


def waiting_intent(work: Work, session: Json) -> Json | None:
    """Return the session's payment intent if it waits for 3-D Secure."""
    identifier = work.store.private(session["id"]).get("intent")
    intent = work.store.get("payment_intent", identifier) if identifier else None
    return intent if intent and intent["status"] == "requires_action" else None


def asks_no_card(work: Work, session: Json) -> bool:
    """Return whether the page needs no card: nothing is due, and one is collected only if required."""
    return session["payment_method_collection"] == "if_required" and not _due(work, session)


def _due(work: Work, session: Json) -> int:
    """Return what is to be taken now: the session's total, less the customer's credit."""
    customer = work.get("customer", session["customer"]) if session["customer"] else {"balance": 0}
    return owed(session["amount_total"], customer["balance"])[0]


def _intent(work: Work, session: Json) -> Json | None:
    private = work.store.private(session["id"])
    due = _due(work, session)
    if not due:
        return None
    if "intent" in private:
        intent = work.get("payment_intent", private["intent"])
        return work.change(intent, amount=due)  # a promotion code may have been typed since the last attempt
    intent = payments.new_intent(work, session["customer"], due, session["currency"], "Subscription creation")
    work.store.set_private(session["id"], {**private, "intent": intent["id"]})
    return intent


def _give_customer(work: Work, session: Json, name: str) -> None:
    if session["customer"] is None:
        address = session["customer_email"]
        customer = customers.create(work, {"email": address, "name": name or None})
        details = session["customer_details"] or checkout.blank_details(address)
        work.change(session, customer=customer["id"], customer_details=details)


def _finish(work: Work, session: Json, method: Json | None, intent: Json | None) -> Paid:
    if method is not None:
        payment_methods.attach_to(work, method, session["customer"])
    complete(work, session, method, intent)
    return Paid("paid", {})


def complete(work: Work, session: Json, method: Json | None, intent: Json | None) -> Json:
    """Finish a session whose payment succeeded: subscription and invoice are made, and the events tell it."""
    private = work.store.private(session["id"])
    rows = [{"price": line["price"]["id"], "quantity": line["quantity"]} for line in private["line_items"]]
    wanted = private["subscription_data"]
    subscription, invoice = beginning.begin(
        work,
        beginning.Wanted(
            session["customer"],
            rows,
            method,
            creating.fields_of(work, wanted),
            trials.end_of(work, wanted),
            selling.offers_of(work, session),
            session["id"],
        ),
        intent,
    )
    collecting.mark_paid(work, invoice)
    work.store.set_due(session["id"], None)
    return work.change(
        session,
        event="checkout.session.completed",
        customer_details={**session["customer_details"], **(_billing(method) if method else {})},
        invoice=invoice["id"],
        payment_status="paid" if intent else "no_payment_required",
        status="complete",
        subscription=subscription["id"],
        url=None,
    )


def _billing(method: Json) -> Json:
    return {"address": method["billing_details"]["address"], "name": method["billing_details"]["name"]}


def _sentence(error: Json) -> str:
    known = {"insufficient_funds": INSUFFICIENT, "generic_decline": DECLINED}
    return known.get(str(error.get("decline_code")), str(error["message"]))
