"""What falls due on an invoice: a draft is collected, a failed payment tried again, a sent invoice overdue."""

from paywall.sandbox.billing.cycle import timers
from paywall.sandbox.billing.debts import collecting, dunning, following
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def turn(work: Work, invoice: Json) -> None:
    """Do what has fallen due on the invoice; after the last try the account's setting says what becomes of it all."""
    if invoice["status"] == "draft":
        collecting.charge(work, invoice)
    elif invoice["collection_method"] == "send_invoice":
        _be_overdue(work, invoice)
    else:
        collecting.collect(work, invoice, collecting.usual_method(work, invoice))
    give_up_after_last_try(work, invoice)


def give_up_after_last_try(work: Work, invoice: Json) -> None:
    """Do what the account's setting says with the subscription of an invoice that is not tried again."""
    subscription = following.subscription_of(work, invoice)
    if subscription is not None and _is_given_up(work, invoice, subscription):
        _stop(work, subscription)


def _be_overdue(work: Work, invoice: Json) -> None:
    work.emit("invoice.overdue", invoice)
    following.failed(work, invoice)


def _is_given_up(work: Work, invoice: Json, subscription: Json) -> bool:
    tried = invoice["status"] == "open" and invoice["attempted"] and invoice["next_payment_attempt"] is None
    over = tried and following.is_retried(work, invoice) and not collecting.is_underway(work, invoice)
    return bool(over and subscription["status"] == "past_due")


def _stop(work: Work, subscription: Json) -> None:
    what = dunning.after_retries(work.store)
    if what == "cancel":
        ending.end(work, subscription, reason="payment_failed")
    elif what == "unpaid":
        work.change(subscription, event="customer.subscription.updated", status="unpaid")
        timers.wind(work, subscription)
