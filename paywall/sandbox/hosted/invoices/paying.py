"""What happens when somebody pays an invoice on its page: by the card that is known, or by another one."""

from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.billing.debts import collecting, following
from paywall.sandbox.billing.invoices.finalizing import payment_of
from paywall.sandbox.hosted.card_form import FormErrors, typed_method
from paywall.sandbox.hosted.outcomes import Paid, outcome_of
from paywall.sandbox.payments import payment_methods, payments
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def is_payable(work: Work, invoice: Json) -> bool:
    """Return whether the page takes a payment: something is owed, and no debit is on its way for it."""
    owed = invoice["status"] in {"open", "uncollectible"} and invoice["amount_remaining"] > 0
    return owed and not collecting.is_underway(work, invoice)


def known_method(work: Work, invoice: Json) -> Json | None:
    """Return the customer's own method that the page offers, None if there is none."""
    return collecting.usual_method(work, invoice)


def pay(work: Work, invoice: Json, form: dict[str, str]) -> Paid:
    """Pay by what was typed."""
    try:
        method = typed_method(work, form, with_debit=takes_debit(invoice))
    except FormErrors as wrong:
        return Paid("errors", wrong.errors)
    return attempt(work, invoice, method)


def takes_debit(invoice: Json) -> bool:
    """Return whether the page takes a SEPA debit, which is in euros only."""
    return bool(invoice["currency"] == "eur")


def attempt(work: Work, invoice: Json, method: Json, *, authenticated: bool = False) -> Paid:
    """Try to pay by this method; the payer is there and may be asked for 3-D Secure."""
    intent = payments.attempt(work, _intent(work, invoice), method, authenticated=authenticated, off_session=False)
    paid = outcome_of(intent)
    if paid.outcome == "paid":
        payment_methods.attach_to(work, method, invoice["customer"])
        collecting.settle(work, invoice, intent)
        _keep(work, invoice, method)
    elif paid.outcome == "errors":
        work.emit("invoice.payment_failed", invoice)  # when it is tried again by itself stays as it was
    return paid


def _intent(work: Work, invoice: Json) -> Json:
    payment = payment_of(work, invoice)
    return work.get("payment_intent", payment and payment["payment"]["payment_intent"])


def _keep(work: Work, invoice: Json, method: Json) -> None:
    """Make the method the subscription's default, but only where its `save_default_payment_method` says so."""
    subscription = following.subscription_of(work, invoice)
    if subscription is None or subscription["status"] in ENDED:
        return
    if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
        work.change(subscription, event="customer.subscription.updated", default_payment_method=method["id"])


def waiting_intent(work: Work, invoice: Json) -> Json | None:
    """Return the invoice's payment intent if it waits for 3-D Secure, as it may since a renewal by itself."""
    intent = _intent(work, invoice) if is_payable(work, invoice) else None
    return intent if intent and intent["status"] == "requires_action" else None


def authenticate(work: Work, invoice: Json, *, passed: bool) -> Paid:
    """Carry on after the 3-D Secure page, whichever button was pressed."""
    intent = waiting_intent(work, invoice)
    if intent is None:
        return Paid("errors")
    method = work.get("payment_method", intent["payment_method"])
    if passed:
        return attempt(work, invoice, method, authenticated=True)
    return outcome_of(payments.fail_authentication(work, intent, method))
