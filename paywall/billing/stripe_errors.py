"""What can go wrong between us and Stripe, as situations of our own; nothing here knows the SDK."""

from paywall.errors import PaywallError, Unavailable


class StripeUnavailable(Unavailable):
    """The payment service can't be reached just now. Nothing was charged; please try again in a moment."""

    code = "stripe_unavailable"

    def __init__(self, sentence: str = "", *, was_answered: bool = False) -> None:
        """Say by `was_answered` that Stripe itself answered 5xx: it repeats that answer to the same idempotency key."""
        super().__init__(sentence)
        self.was_answered = was_answered


class StripeRefused(Unavailable):
    """Payments are not available just now. The newspaper has been told; please try again later."""

    code = "stripe_refused"
    retry_after = 300


class StripeNotFound(StripeRefused):
    """Stripe knows nothing under that id."""

    code = "stripe_not_found"


class CardRefused(PaywallError):
    """The card was refused; the sentence is Stripe's own, written for the reader."""

    status = 503
    code = "card_refused"
    retry_after = 10


class IdempotencyConflict(Unavailable):
    """The same request is being worked on already. Please try again in a moment."""

    code = "stripe_busy"
    retry_after = 2

    def __init__(self, sentence: str = "", *, is_reused: bool = False) -> None:
        """Say by `is_reused` that the key was used with other parameters, so that only a new key helps."""
        super().__init__(sentence)
        self.is_reused = is_reused


class BadSignature(PaywallError):
    """The webhook's signature is missing, wrong, or too old or too new."""

    status = 400
    code = "bad_signature"


class BadPayload(PaywallError):
    """The webhook is rightly signed, but its body is not an event we can read."""

    status = 400
    code = "bad_payload"


def is_kept(error: PaywallError) -> bool:
    """Tell whether Stripe would give the same answer to the same idempotency key for the rest of the day."""
    return getattr(error, "was_answered", False) or getattr(error, "is_reused", False)
