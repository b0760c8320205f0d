"""What a publisher's list can be narrowed to: its plans, the currencies it sells in, its time zone."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from paywall.admin.subscribers.asking.reading import Choices
from paywall.billing.catalogue.plans import plans_with_archived
from paywall.publishers.rules import Profile


def choices_of(session: Session, profile: Profile) -> Choices:
    """Return the choices; plans that are not sold any more are there, too: somebody may still have them."""
    plans = plans_with_archived(session, profile.id)
    prices = [price for plan in plans for price in plan.prices]
    return Choices(
        zone=ZoneInfo(profile.timezone),
        plans={plan.slug: tuple(price.lookup_key for price in plan.prices) for plan in plans},
        currencies=tuple(sorted({price.currency for price in prices})),
        plan_names={plan.slug: plan.name for plan in plans},
    )
