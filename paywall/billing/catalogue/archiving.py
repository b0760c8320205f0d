"""Taking a plan off sale, and putting it back: whoever subscribes to it keeps it; Stripe hears of it afterwards."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from paywall import changes
from paywall.billing.catalogue.plans import Plan, Price, plan_by_slug, plans_with_archived
from paywall.billing.subscriptions.status import ENDED
from paywall.billing.subscriptions.tables import Subscription
from paywall.errors import NotFound


class UnknownPlan(NotFound):
    """There is no plan of that name."""

    code = "unknown_plan"


def archive_plan(session: Session, publisher_id: int, slug: str, now: datetime) -> bool:
    """Sell a plan to nobody from now on; tells whether it was sold until now. Raises UnknownPlan."""
    plan = _plan(session, publisher_id, slug)
    if plan.archived_at is not None:
        return False
    plan.archived_at = now
    changes.record(session, publisher_id, changes.ChangeKind.PUBLISHER, publisher_id)
    return True


def bring_plan_back(session: Session, publisher_id: int, slug: str) -> bool:
    """Sell a plan again, at the prices it had; tells whether it was archived until now. Raises UnknownPlan."""
    plan = _plan(session, publisher_id, slug)
    if plan.archived_at is None:
        return False
    plan.archived_at = None
    changes.record(session, publisher_id, changes.ChangeKind.PUBLISHER, publisher_id)
    return True


def archived_plans(session: Session, publisher_id: int) -> list[Plan]:
    """Return the plans that are not sold any more."""
    return [plan for plan in plans_with_archived(session, publisher_id) if plan.archived_at is not None]


def subscribers_of(session: Session, plan: Plan) -> int:
    """Return how many living subscriptions there are of a plan, at whatever price."""
    keys = select(Price.lookup_key).where(Price.plan_id == plan.id)
    living = Subscription.status.not_in([str(status) for status in ENDED])
    count = select(func.count()).select_from(Subscription).where(Subscription.lookup_key.in_(keys), living)
    return session.scalar(count) or 0


def _plan(session: Session, publisher_id: int, slug: str) -> Plan:
    plan = plan_by_slug(session, publisher_id, slug)
    if plan is None:
        raise UnknownPlan
    return plan
