"""What may stand between a reader and a payment page."""

from paywall.errors import NotFound, PaywallError, Unavailable


class UnknownPrice(NotFound):
    """This offer does not exist, or not any more."""

    code = "unknown_price"


class AlreadySubscribed(PaywallError):
    """You subscribe already; your account page has the details."""

    status = 409
    code = "already_subscribed"


class PaymentDue(PaywallError):
    """You have a subscription that waits for a payment; settle it instead of buying another."""

    status = 409
    code = "payment_due"


class CheckoutBusy(Unavailable):
    """Your payment page is being opened already. Please try again in a moment."""

    code = "checkout_busy"
    retry_after = 2


class CheckoutBelongsToAnother(NotFound):
    """There is no such checkout of yours."""

    code = "unknown_checkout"
