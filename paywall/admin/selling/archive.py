"""Taking a plan off sale and putting it back, here and at Stripe."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import named
from paywall.admin.selling.stripe import bring_to_stripe
from paywall.billing.catalogue.archiving import UnknownPlan, archive_plan, bring_plan_back, subscribers_of
from paywall.billing.catalogue.plans import plan_by_slug, plans_of
from paywall.web import current
from paywall.web.forms import read_form

PATH = "/admin/offers"


def ask_to_archive(slug: str) -> ResponseReturnValue:
    """Say what it means for whom; changes nothing."""
    session, publisher_id = current.session(), current_staff().publisher_id
    plan = plan_by_slug(session, publisher_id, named(slug))
    if plan is None or plan.archived_at is not None:
        raise UnknownPlan
    others = len(plans_of(session, publisher_id)) - 1
    return publication_page("selling/archive", plan=plan, subscribers=subscribers_of(session, plan), others=others)


def archive(slug: str) -> ResponseReturnValue:
    """Sell a plan to nobody from now on; its product and its prices are switched off at Stripe."""
    staff = current_staff()
    with act(read_form()) as session:
        done = archive_plan(session, staff.publisher_id, named(slug), clock.now())
        if done:
            audit.write(session, staff.publisher_id, staff.actor, "plan_archived", f"plan:{slug}")
    flash("The plan is sold no longer; who has it keeps it." if done else "It was archived already.", "good")
    bring_to_stripe(staff.publisher_id)
    return redirect(PATH, 303)


def bring_back(slug: str) -> ResponseReturnValue:
    """Sell a plan again, at the prices it had."""
    staff = current_staff()
    with act(read_form()) as session:
        done = bring_plan_back(session, staff.publisher_id, named(slug))
        if done:
            audit.write(session, staff.publisher_id, staff.actor, "plan_brought_back", f"plan:{slug}")
    flash("The plan is on sale again." if done else "It is on sale already.", "good")
    bring_to_stripe(staff.publisher_id)
    return redirect(PATH, 303)
