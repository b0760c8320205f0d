"""What a reader asks for by choosing a price, and how the subscription will begin for just this reader."""

from dataclasses import dataclass

from paywall import clock
from paywall.billing.catalogue.beginnings import Beginning, beginning_of, standing_of
from paywall.billing.catalogue.offers import coupon_id
from paywall.billing.catalogue.plans import price_on_offer
from paywall.billing.checkout.errors import UnknownPrice
from paywall.billing.checkout.turns import Wish
from paywall.billing.parts import Billing
from paywall.publishers.rules import Profile
from paywall.readers.finding import reader_by_id


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader asks for; `site` is the publisher's own address, such as `https://news.example`."""

    publisher: Profile
    reader_id: int
    email: str
    lookup_key: str
    next: str
    site: str

    def wish(self, beginning: Beginning | None = None) -> Wish:
        """Return the part that a checkout row keeps, with the trial or offer that it begins with."""
        trial_days = beginning.trial_days if beginning else 0
        offer = beginning.offer if beginning else None
        coupon = coupon_id(self.publisher.slug, offer) if offer else None
        return Wish(self.publisher.id, self.reader_id, self.lookup_key, self.next, trial_days, coupon)


def wish_of(billing: Billing, order: Order) -> Wish:
    """Return what an attempt that begins now is begun for; raises UnknownPrice."""
    with billing.database.reading() as session:
        price = price_on_offer(session, order.publisher.id, order.lookup_key)
        reader = reader_by_id(session, order.publisher.id, order.reader_id)
        if price is None or reader is None:
            raise UnknownPrice
        standing = standing_of(session, billing.links, order.publisher.id, reader.id, reader.email_normalized)
        return order.wish(beginning_of(session, price, standing, clock.now()))
