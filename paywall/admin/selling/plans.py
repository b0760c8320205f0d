"""What is sold: the list of plans and offers; a plan is made or changed with all its prices."""

from dataclasses import dataclass

from flask import redirect
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited, seen
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import named, needed
from paywall.admin.selling.stripe import bring_to_stripe
from paywall.billing.catalogue.archiving import archived_plans, subscribers_of
from paywall.billing.catalogue.offers import Offer, offers_of
from paywall.billing.catalogue.plans import Plan, Price, plan_by_slug, plans_of
from paywall.billing.catalogue.putting_on_sale import (
    LONGEST_TRIAL_DAYS,
    NewPlan,
    read_price,
    read_tax,
    set_up_plan,
    who_keep_their_price,
)
from paywall.billing.catalogue.wording import described, percent, plain, standing_word
from paywall.errors import BadInput, NotFound
from paywall.publishers.tables import Publisher
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/offers"
NAMES = ("slug", "name", "description", "prices", "trial_days", "grace_days", "tax", "tax_note")
LONGEST = {"name": 100, "description": 300, "tax_note": 100}
MOST_PRICES = 20
LONGEST_GRACE_DAYS = 60
_BLANK = dict.fromkeys(NAMES, "") | {"trial_days": "0", "grace_days": "14", "tax": "0"}
_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer in the list."""

    slug: str
    plan: str
    words: str
    whose: str
    state: str


def show_sold() -> ResponseReturnValue:
    """Show plans with their prices, and offers."""
    session, publisher_id = current.session(), current_staff().publisher_id
    plans = [
        (plan, [plain(price, _LANGUAGE) for price in _sold(plan)], who_keep_their_price(session, plan))
        for plan in plans_of(session, publisher_id)
    ]
    offers = [_line(offer) for offer in offers_of(session, publisher_id)]
    archived = [(plan, subscribers_of(session, plan)) for plan in archived_plans(session, publisher_id)]
    return publication_page("selling/list", plans=plans, offers=offers, archived=archived)


def show_new_plan() -> ResponseReturnValue:
    """Show the form of a new plan."""
    return _form(200, _BLANK, {}, is_new=True)


def show_plan(slug: str) -> ResponseReturnValue:
    """Show a plan in the form that changes it."""
    plan = plan_by_slug(current.session(), current_staff().publisher_id, named(slug))
    if plan is None:
        raise NotFound("There is no plan of that name.")
    return _form(200, _written(plan), {}, is_new=False, is_archived=plan.archived_at is not None)


def put_on_sale() -> ResponseReturnValue:
    """Make a plan or change it here, then at Stripe; older subscribers keep what they pay."""
    form, staff = read_form(), current_staff()
    try:
        new = _new_in(form)
        with act(form) as session:
            hold(session)
            publisher = session.get_one(Publisher, staff.publisher_id)
            plan = plan_by_slug(session, staff.publisher_id, new.slug)
            if plan:
                refuse_if_edited(form, _written(plan))
            before = [_as_typed(price) for price in _sold(plan)] if plan else None
            after = [_as_typed(price) for price in _sold(set_up_plan(session, publisher, new))]
            about = {"before": before, "after": after, "trial_days": new.trial_days, "grace_days": new.grace_days}
            audit.write(session, staff.publisher_id, staff.actor, "plan_set_up", f"plan:{new.slug}", **about)
    except BadInput as problem:
        field = {"price": "prices", "amount": "prices", "currency": "prices"}.get(problem.field, problem.field)
        written = {name: form.text_or(name)[:2_000] for name in NAMES}
        return _form(422, written, {field: problem.sentence}, is_new=form.text_or("is_new") == "yes")
    bring_to_stripe(staff.publisher_id)
    return redirect(PATH, 303)


def bring_again() -> ResponseReturnValue:
    """Bring everything to Stripe once more; what is there already is left alone."""
    staff = current_staff()
    with act(read_form()) as session:
        audit.write(session, staff.publisher_id, staff.actor, "stripe_set_up", f"publisher:{staff.publisher_id}")
    bring_to_stripe(staff.publisher_id)
    return redirect(PATH, 303)


def _new_in(form: Form) -> NewPlan:
    typed = form.text("prices").split()
    if not 1 <= len(typed) <= MOST_PRICES:
        raise BadInput("prices", f"Write 1 to {MOST_PRICES} prices, such as 4.99/month:EUR 49.90/year:EUR.")
    lines = {name: _line_of(form, name) for name in LONGEST}
    return NewPlan(
        slug=form.text("slug").strip(),
        name=lines["name"],
        description=lines["description"],
        prices=tuple(read_price(one, None, lines["tax_note"]) for one in typed),
        grace_days=needed(form, "grace_days", 0, LONGEST_GRACE_DAYS),
        trial_days=needed(form, "trial_days", 0, LONGEST_TRIAL_DAYS),
        tax_basis_points=read_tax(form.text("tax").strip()),
    )


def _line_of(form: Form, name: str) -> str:
    text = form.text(name).strip()
    if len(text) > LONGEST[name] or (text and not text.isprintable()):
        raise BadInput(name, f"Write at most {LONGEST[name]} characters on one line.")
    return text


def _sold(plan: Plan) -> list[Price]:
    return [price for price in plan.prices if price.archived_at is None]


def _as_typed(price: Price) -> str:
    count = str(price.interval_count) if price.interval_count > 1 else ""
    return f"{price.money.amount}/{count}{price.interval}:{price.currency}"


def _written(plan: Plan) -> dict[str, str]:
    sold = _sold(plan)
    return {
        "slug": plan.slug,
        "name": plan.name,
        "description": plan.description,
        "prices": " ".join(_as_typed(price) for price in sold),
        "trial_days": str(plan.trial_days),
        "grace_days": str(plan.grace_days),
        "tax": percent(plan.tax_basis_points),
        "tax_note": sold[0].tax_note if sold else "",
    }


def _line(offer: Offer) -> OfferLine:
    whose = f"code {offer.code}" if offer.code else "everybody new"
    words, state = described(offer, _LANGUAGE), standing_word(offer, clock.now())
    if offer.plan.archived_at is not None and state != "ended":
        state = "rests with its plan"
    return OfferLine(offer.slug, offer.plan.name, words, whose, state)


def _form(
    status: int, written: dict[str, str], errors: dict[str, str], *, is_new: bool, is_archived: bool = False
) -> ResponseReturnValue:
    about = {"is_new": is_new, "is_archived": is_archived, "longest": LONGEST, "seen": "" if is_new else seen(written)}
    return publication_page("selling/plan", status, written=written, errors=errors, **about)
