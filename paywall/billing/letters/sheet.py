"""The sheet a letter is written on: the publisher's language, money and dates, and links that sign nobody in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import plan_of_price, price_by_key
from paywall.billing.catalogue.wording import how_often, plain
from paywall.billing.changing.links import cancel_path, pay_path
from paywall.billing.links import Links
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.letters.rules import Values
from paywall.mail import Letterhead
from paywall.publishers.rules import Profile


@dataclass(frozen=True, slots=True)
class Post:
    """From where mails are sent: `base_url` lends its scheme to their links, `links` signs those that need it."""

    base_url: str
    links: Links


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is needed to put a letter into words."""

    session: Session
    publisher: Profile
    head: Letterhead
    links: Links

    @property
    def account_url(self) -> str:
        """The reader's own page."""
        return f"{self.head.site_url}/account"

    @property
    def card_url(self) -> str:
        """The page that leads to another card."""
        return f"{self.head.site_url}/account/payment"

    @property
    def subscribe_url(self) -> str:
        """The page with the plans."""
        return f"{self.head.site_url}/subscribe"

    def cancel_url(self, subscription: Subscription) -> str:
        """Return the address where this subscription is cancelled without signing in."""
        return self.head.site_url + cancel_path(self.links, subscription.stripe_id)

    def pay_url(self, invoice: Invoice) -> str:
        """Return the address that leads to Stripe's page of this invoice, whenever it is clicked."""
        return self.head.site_url + pay_path(self.links, invoice.stripe_id)

    def money(self, minor: int, currency: str) -> str:
        """Return an amount as the publisher's readers write it."""
        return Money(minor, currency).format(self.publisher.language)

    def day(self, at: datetime) -> str:
        """Return the date of an instant as the publisher's readers write it."""
        local = at.astimezone(ZoneInfo(self.publisher.timezone))
        return str(format_date(local, "d MMMM y", locale=self.publisher.language))

    def plan_name(self, lookup_key: str | None) -> str:
        """Return the name of the plan that a price belongs to; empty for a price that is not in the catalogue."""
        plan = plan_of_price(self.session, lookup_key) if lookup_key else None
        return plan.name if plan else ""

    def rate(self, subscription: Subscription) -> str:
        """Return what a subscription costs without a discount: `4.99 a month`."""
        amount = self.money(subscription.amount_minor, subscription.currency)
        return f"{amount} {how_often(subscription.interval, subscription.interval_count)}"

    def price(self, lookup_key: str | None) -> str:
        """Return a price of the catalogue in words, `4.99 a month`; empty for one that is not in it."""
        price = price_by_key(self.session, lookup_key) if lookup_key else None
        return plain(price, self.publisher.language) if price else ""


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that is due: its kind, what caused it, and who finds what its blanks hold if it has not gone out yet."""

    kind: str
    cause: str
    values: Callable[[Sheet], Values]
