"""What billing needs in a process: the gateway to Stripe, the secrets its webhooks are signed with, the database."""

from dataclasses import dataclass, field
from threading import Event
from typing import cast

from flask import Flask, current_app

from paywall.billing.links import Links
from paywall.billing.stripe_gateway import StripeGateway
from paywall.database import Database
from paywall.errors import Unavailable
from paywall.settings import Settings

_KEY = "paywall.billing"


class PaymentsNotSetUp(Unavailable):
    """This newspaper can't take payments yet. Please come back later."""

    code = "payments_not_set_up"
    retry_after = 3600


@dataclass(frozen=True, slots=True)
class Billing:
    """One Stripe account and how its webhooks are known."""

    gateway: StripeGateway
    webhook_secrets: tuple[str, ...]
    database: Database
    base_url: str
    """Lends its scheme to the links in mails."""
    links: Links
    lease_seconds: float = 6.0
    """How long a killed worker's subscription waits until another takes it up."""
    silent_hours: int = 24
    """An alarm is raised when no payment has come for so long, where many are usual; 0 for never."""
    wake: Event = field(default_factory=Event)
    """Set when an event has come in, so that this process's drain need not wait for its next round."""


def make_billing(settings: Settings, database: Database, gateway: StripeGateway | None = None) -> Billing | None:
    """Return the parts that the settings describe; None without a Stripe key, unless a `gateway` is given."""
    if gateway is None:
        if settings.stripe_secret_key is None:
            return None
        gateway = StripeGateway(settings.stripe_secret_key, api_base=settings.stripe_api_base)
    links, silent_hours = Links(settings.secret_key), settings.payments_silent_hours
    secrets, base_url = settings.stripe_webhook_secrets, settings.base_url
    return Billing(gateway, secrets, database, base_url, links, silent_hours=silent_hours)


def install(app: Flask, billing: Billing | None) -> None:
    """Make the parts known to the application."""
    app.extensions[_KEY] = billing


def billing() -> Billing:
    """Return the parts of the application that answers; raises PaymentsNotSetUp."""
    return billing_of(current_app)


def billing_of(app: Flask) -> Billing:
    """Return the parts of an application; raises PaymentsNotSetUp."""
    parts = cast(Billing | None, app.extensions.get(_KEY))
    if parts is None:
        raise PaymentsNotSetUp
    return parts
