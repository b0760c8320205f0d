"""What the signed links in mails are for: cancelling and paying without signing in. They open one thing each."""

from sqlalchemy.orm import Session

from paywall.billing.links import DeadLink, Links
from paywall.billing.subscriptions.reading import invoice_by_stripe_id
from paywall.billing.subscriptions.tables import Invoice, Subscription, subscription_by_stripe_id

CANCEL = "cancel"
PAY = "pay"


def cancel_path(links: Links, subscription_id: str) -> str:
    """Return the path under which a subscription is cancelled without signing in."""
    return f"/billing/cancel/{links.token(CANCEL, subscription_id)}"


def pay_path(links: Links, invoice_id: str) -> str:
    """Return the path under which an invoice is paid without signing in."""
    return f"/billing/pay/{links.token(PAY, invoice_id)}"


def subscription_of_link(session: Session, links: Links, publisher_id: int, token: str) -> Subscription:
    """Return the subscription that a link may cancel; raises DeadLink, also for another publisher's."""
    (stripe_id,) = links.read(CANCEL, token)
    row = subscription_by_stripe_id(session, stripe_id)
    if row is None or row.publisher_id != publisher_id:
        raise DeadLink
    return row


def invoice_of_link(session: Session, links: Links, publisher_id: int, token: str) -> Invoice:
    """Return the invoice that a link may pay; raises DeadLink, also for another publisher's."""
    (stripe_id,) = links.read(PAY, token)
    row = invoice_by_stripe_id(session, stripe_id)
    if row is None or row.publisher_id != publisher_id:
        raise DeadLink
    return row
