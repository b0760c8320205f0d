"""What happens when somebody presses the pay button of checkout: paid, begun, to be authenticated, or declined."""

from paywall.sandbox.billing.cycle import trials
from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.invoices.amounts import owed
from paywall.sandbox.billing.subscriptions import beginning, creating
from paywall.sandbox.hosted import checkout, selling
from paywall.sandbox.hosted.card_form import FormErrors, typed_method
from paywall.sandbox.hosted.outcomes import Paid, outcome_of
from paywall.sandbox.payments import customers, payment_methods, payments, setup_intents
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def pay(work: Work, session: Json, form: dict[str, str]) -> Paid:
    """Charge what was typed on the page of an open session, or only keep it where nothing is due yet."""
    if asks_no_card(work, session):
        _give_customer(work, session, form["billing_name"])
        complete(work, session, None, None)
        return Paid("paid")
    try:
        method = typed_method(work, form, with_debit="sepa_debit" in session["payment_method_types"])
    except FormErrors as wrong:
        return Paid("errors", wrong.errors)
    _give_customer(work, session, method["billing_details"]["name"])
    return _attempt(work, session, method, _intent(work, session))


def _attempt(work: Work, session: Json, method: Json, intent: Json, *, authenticated: bool = False) -> Paid:
    """Try a payment intent, or a setup intent where nothing is due, and complete the session if that went well."""
    room = payments if intent["object"] == "payment_intent" else setup_intents
    paid = outcome_of(room.attempt(work, intent, method, authenticated=authenticated))
    if paid.outcome == "paid":
        payment_methods.attach_to(work, method, session["customer"])
        complete(work, session, method, intent if intent["object"] == "payment_intent" else None)
    return paid


def authenticate(work: Work, session: Json, *, passed: bool) -> Paid:
    """Carry on after the 3-D Secure page, whichever button was pressed."""
    intent = waiting_intent(work, session)
    if intent is None:
        return Paid("errors")
    method = work.get("payment_method", intent["payment_method"])
    if passed:
        return _attempt(work, session, method, intent, authenticated=True)
    room = payments if intent["object"] == "payment_intent" else setup_intents
    return outcome_of(room.fail_authentication(work, intent, method))


def waiting_intent(work: Work, session: Json) -> Json | None:
    """Return the session's payment intent or setup intent if it waits for 3-D Secure."""
    private = work.store.private(session["id"])
    for kind, name in (("payment_intent", "intent"), ("setup_intent", "setup")):
        found = work.store.get(kind, private[name]) if name in private else None
        if found and found["status"] == "requires_action":
            return found
    return None


def asks_no_card(work: Work, session: Json) -> bool:
    """Return whether the page needs no card: nothing is due, and one is collected only if required."""
    return session["payment_method_collection"] == "if_required" and not _due(work, session)


def _due(work: Work, session: Json) -> int:
    """Return what is to be taken now: the session's total, less the customer's credit."""
    customer = work.get("customer", session["customer"]) if session["customer"] else {"balance": 0}
    return owed(session["amount_total"], customer["balance"])[0]


def _intent(work: Work, session: Json) -> Json:
    """Return what the method typed is tried on: the session's payment intent, or a setup intent in a trial."""
    due = _due(work, session)
    private = work.store.private(session["id"])
    if not due:
        return _setup(work, session, private)
    if "intent" in private:
        intent = work.get("payment_intent", private["intent"])
        return work.change(intent, amount=due)  # a promotion code may have been typed since the last attempt
    intent = payments.new_intent(work, session["customer"], due, session["currency"], "Subscription creation")
    work.store.set_private(session["id"], {**private, "intent": intent["id"]})
    return intent


def _setup(work: Work, session: Json, private: Json) -> Json:
    if "setup" in private:
        return work.get("setup_intent", private["setup"])
    setup = setup_intents.new(work, session["customer"])
    work.store.set_private(session["id"], {**private, "setup": setup["id"]})
    return setup


def _give_customer(work: Work, session: Json, name: str) -> None:
    if session["customer"] is None:
        address = session["customer_email"]
        customer = customers.create(work, {"email": address, "name": name or None})
        details = session["customer_details"] or checkout.blank_details(address)
        work.change(session, customer=customer["id"], customer_details=details)


def complete(work: Work, session: Json, method: Json | None, intent: Json | None) -> Json:
    """Finish a session: subscription and invoice are made, and the events tell it.

    A debit that has only begun leaves the session unpaid and the invoice open until its bank answers.
    """
    subscription, invoice = beginning.begin(work, _wanted(work, session, method), intent)
    if intent:
        collecting.settle(work, invoice, intent)
    else:
        collecting.mark_paid(work, invoice)
    work.store.set_due(session["id"], None)
    return work.change(
        session,
        event="checkout.session.completed",
        customer_details={**session["customer_details"], **(_billing(method) if method else {})},
        invoice=invoice["id"],
        payment_status=_payment_status(intent),
        status="complete",
        subscription=subscription["id"],
        url=None,
    )


def _wanted(work: Work, session: Json, method: Json | None) -> beginning.Wanted:
    private = work.store.private(session["id"])
    given = private["subscription_data"]
    return beginning.Wanted(
        session["customer"],
        [{"price": line["price"]["id"], "quantity": line["quantity"]} for line in private["line_items"]],
        method,
        creating.fields_of(work, given),
        trials.end_of(work, given),
        selling.offers_of(work, session),
        session["id"],
    )


def _payment_status(intent: Json | None) -> str:
    if intent is None:
        return "no_payment_required"
    return "paid" if intent["status"] == "succeeded" else "unpaid"


def _billing(method: Json) -> Json:
    return {"address": method["billing_details"]["address"], "name": method["billing_details"]["name"]}
