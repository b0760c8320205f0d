"""Making an offer, ending one."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import audit, clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import named, whole
from paywall.admin.selling.stripe import bring_to_stripe
from paywall.billing.catalogue import money
from paywall.billing.catalogue.making_offers import LONGEST_MONTHS, MOST_REDEMPTIONS, NewOffer, end_offer, set_up_offer
from paywall.billing.catalogue.offers import Duration
from paywall.billing.catalogue.plans import plans_of
from paywall.errors import BadInput
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/offers"
NAMES = ("slug", "plan", "percent", "amount", "currency", "duration", "months", "code", "from", "until", "limit")
DURATIONS = (
    (Duration.ONCE.value, "the first payment"),
    (Duration.REPEATING.value, "so many months"),
    (Duration.FOREVER.value, "as long as one subscribes"),
)
_BLANK = dict.fromkeys(NAMES, "") | {"duration": Duration.ONCE.value}


def show_new_offer() -> ResponseReturnValue:
    """Show the form of a new offer."""
    return _form(200, _BLANK, {})


def make_offer() -> ResponseReturnValue:
    """Make an offer here, then at Stripe; who has one of that name already keeps what was promised."""
    form, staff = read_form(), current_staff()
    try:
        new = _new_in(form, current.publisher().timezone)
        with act(form) as session:
            set_up_offer(session, staff.publisher_id, new, clock.now())
            about = {"plan": new.plan, "percent": new.percent_off, "code": new.code}
            audit.write(session, staff.publisher_id, staff.actor, "offer_set_up", f"offer:{new.slug}", **about)
    except BadInput as problem:
        written = {name: form.text_or(name)[:200] for name in NAMES}
        return _form(422, written, {problem.field: problem.sentence})
    bring_to_stripe(staff.publisher_id)
    return redirect(PATH, 303)


def stop_offer(slug: str) -> ResponseReturnValue:
    """Give an offer to nobody from now on; its code is switched off at Stripe."""
    staff = current_staff()
    with act(read_form()) as session:
        end_offer(session, staff.publisher_id, named(slug), clock.now())
        audit.write(session, staff.publisher_id, staff.actor, "offer_ended", f"offer:{slug}")
    flash("The offer has ended; who has it keeps it.", "good")
    bring_to_stripe(staff.publisher_id)
    return redirect(PATH, 303)


def _new_in(form: Form, timezone: str) -> NewOffer:
    amount, duration, last = form.text("amount").strip(), form.text("duration"), _day(form, "until")
    if duration not in set(Duration):
        raise BadInput("duration", "Choose for how long it holds.")
    return NewOffer(
        slug=form.text("slug").strip(),
        plan=form.text("plan"),
        percent_off=whole(form, "percent", 1, 100),
        amount_off=money.parse(amount, form.text("currency").strip()) if amount else None,
        duration=Duration(duration),
        months=whole(form, "months", 1, LONGEST_MONTHS) if duration == Duration.REPEATING else None,
        code=form.text("code").strip() or None,
        starts_at=_midnight(_day(form, "from"), timezone),
        ends_at=_midnight(last + timedelta(days=1) if last else None, timezone),
        max_redemptions=whole(form, "limit", 1, MOST_REDEMPTIONS),
    )


def _day(form: Form, name: str) -> datetime | None:
    typed = form.text(name).strip()
    try:
        day = datetime.strptime(typed, "%Y-%m-%d") if typed else None  # noqa: DTZ007 - its zone is the publisher's
    except ValueError as error:
        raise BadInput(name, "Give a day, such as 2026-12-24.") from error
    if day and not 2000 <= day.year < 2200:
        raise BadInput(name, "Give a day of this century.")
    return day


def _midnight(day: datetime | None, timezone: str) -> datetime | None:
    """Return when a day begins for the publisher, in UTC."""
    return datetime.combine(day.date(), time(), ZoneInfo(timezone)).astimezone(UTC) if day else None


def _form(status: int, written: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    plans = [(plan.slug, plan.name) for plan in plans_of(current.session(), current_staff().publisher_id)]
    return publication_page("selling/offer", status, plans=plans, durations=DURATIONS, written=written, errors=errors)
