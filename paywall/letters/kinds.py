"""Which mails there are, which blanks each of them fills in, and which of those must stay in its words.

`needs` are the links, amounts and days without which a mail would be unsafe or unlawful: how to confirm, to pay or to
cancel, the invoice, and what is charged when. They hold for a publisher's own words as for ours.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """The blanks of one kind of mail, by name."""

    always: tuple[str, ...]
    """They say something in every mail of the kind; so does `newspaper`, in all kinds."""
    optional: tuple[str, ...] = ()
    """They say nothing in some mails."""
    situations: tuple[str, ...] = ()
    """They are no words, only so or not so: for marks at the beginning of a line."""
    needs: tuple[str, ...] = ()

    @property
    def blanks(self) -> tuple[str, ...]:
        """What may stand in the words."""
        return ("newspaper", *self.always, *self.optional)

    @property
    def marks(self) -> tuple[str, ...]:
        """What a line may depend on."""
        return (*self.situations, *self.optional)


_TERMS = ("price", "price_amount", "next_amount", "next_day", "account_url", "cancel_url")
_AHEAD = ("next_amount", "next_day", "cancel_url")
_OWED = Kind(
    ("amount", "pay_url", "card_url", "cancel_url"),
    ("until", "next_attempt"),
    ("first", "last"),
    needs=("amount", "pay_url", "cancel_url"),
)

KINDS = {
    "confirm": Kind(("email", "confirm_url"), needs=("confirm_url",)),
    "reset": Kind(("email", "reset_url"), needs=("reset_url",)),
    "password_changed": Kind(("email", "password_url"), needs=("password_url",)),
    "import_welcome": Kind(("email", "password_url"), needs=("password_url",)),
    "staff_invitation": Kind(("role", "invitation_url"), needs=("invitation_url",)),
    "billing_started": Kind(
        _TERMS, ("plan", "paid", "tax", "invoice_url"), ("trial", "renews"), needs=("invoice_url", "cancel_url")
    ),
    "billing_trial_ending": Kind(_TERMS, ("plan",), ("renews",), needs=_AHEAD),
    "billing_trial_refused": Kind(("subscribe_url",)),
    "billing_payment_processing": Kind(("amount", "account_url"), needs=("amount",)),
    "billing_receipt": Kind(
        ("amount", "paid_on", "invoice_url"),
        ("plan", "tax", "period", "number", "pdf_url", "cancel_url"),
        needs=("amount", "paid_on", "invoice_url", "cancel_url"),
    ),
    "billing_payment_failed": _OWED,
    "billing_action_required": _OWED,
    "billing_refunded": Kind(
        ("amount", "paid", "account_url", "subscribe_url"), ("until", "invoice_url"), ("full",), needs=("amount",)
    ),
    "billing_cancelled": Kind(("account_url", "subscribe_url"), ("until",), ("revocable",)),
    "billing_ended": Kind(("subscribe_url",), ("pay_url",), ("disputed",), needs=("pay_url",)),
    "billing_plan_changed": Kind(_TERMS, ("plan",), ("renews",), needs=("price", "cancel_url")),
    "billing_change_scheduled": Kind(
        (*_TERMS, "from_day"), ("plan", "next_plan", "next_price"), ("renews",), needs=("from_day",)
    ),
    "billing_paused": Kind(("price", "account_url", "card_url"), ("until", "resumes"), ("trial",)),
    "billing_resumed": Kind(_TERMS, ("plan",), ("renews",), needs=("price", "cancel_url")),
    "billing_discount_ending": Kind(_TERMS, ("plan",), ("renews",), needs=_AHEAD),
    "billing_renewing": Kind(_TERMS, ("plan",), ("renews",), needs=_AHEAD),
    "billing_card_expiring": Kind(
        (*_TERMS, "card", "card_number", "card_ends", "card_url"), ("plan",), ("renews",), needs=("card_url",)
    ),
}

MEANINGS = {
    "newspaper": ("the name of your newspaper", "The Caspian Post"),
    "email": ("the address of the account", "reader@example.com"),
    "role": ("the role that is offered", "support"),
    "amount": ("the amount that the mail is about", "€4.99"),
    "paid": ("what was paid", "€4.99"),
    "paid_on": ("the day of the payment", "24 December 2026"),
    "tax": ("the tax in it", "€0.76"),
    "period": ("the days that are paid for", "24 December 2026 \N{EN DASH} 24 January 2027"),
    "number": ("the number of the invoice", "NEWS-0001"),
    "plan": ("the name of the plan", "Digital"),
    "price": ("the price and how often it is paid, in English", "€4.99 a month"),
    "price_amount": ("the price alone", "€4.99"),
    "next_amount": ("the next payment", "€4.99"),
    "next_day": ("the day of the next payment", "24 January 2027"),
    "next_plan": ("the plan that comes", "Print and digital"),
    "next_price": ("the price that comes, in English", "€9.99 a month"),
    "from_day": ("the day from which the other plan holds", "24 January 2027"),
    "until": ("the last day of reading", "7 January 2027"),
    "next_attempt": ("when the card is tried again", "27 December 2026"),
    "resumes": ("when a pause ends by itself", "24 February 2027"),
    "card": ("the card, in English", "Visa ending in 4242"),
    "card_number": ("the last four digits of the card", "4242"),
    "card_ends": ("the last month of the card", "12/2026"),
    "confirm_url": ("the link that confirms the address", "https://…/confirm/…"),
    "reset_url": ("the link that sets a new password", "https://…/reset-password/…"),
    "password_url": ("the page where a link for a new password is asked for", "https://…/forgot-password"),
    "invitation_url": ("the link to the invitation", "https://…/join-staff/…"),
    "account_url": ("the page of the reader's account", "https://…/account"),
    "subscribe_url": ("the page with the plans", "https://…/subscribe"),
    "card_url": ("the page where another card is given", "https://…/account/payment"),
    "cancel_url": ("the link that cancels without signing in", "https://…/billing/cancel/…"),
    "pay_url": ("the link to pay, or to confirm the payment", "https://…/billing/pay/…"),
    "invoice_url": ("the invoice", "https://invoice.stripe.com/…"),
    "pdf_url": ("the invoice as a PDF", "https://pay.stripe.com/…"),
}
"""What each blank holds, and an example."""

SITUATIONS = {
    "trial": "it is about a trial",
    "renews": "another payment comes by itself",
    "first": "it is the first reminder",
    "last": "it is the last reminder",
    "full": "all that was paid is given back",
    "revocable": "cancelling can still be taken back",
    "disputed": "the bank has taken a payment back",
}
"""What each situation means, after “if”."""
