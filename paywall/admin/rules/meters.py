"""`/admin/meter`: the meters, which sections they count, and by whose clocks."""

from dataclasses import asdict

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited, seal, seen
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import needed, whole
from paywall.admin.rules.sentences import meaning
from paywall.errors import BadInput
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import MeterRules, Profile, WindowKind
from paywall.publishers.ruling import meters
from paywall.publishers.ruling.meters import WantedMeter
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/meter"
WINDOWS = (
    ("day", "calendar day"),
    ("week", "calendar week"),
    ("month", "calendar month"),
    ("rolling", "rolling days"),
)
NEW = {"name": "", "visitor_allowance": "5", "reader_allowance": "10", "window_kind": "month", "rolling_days": ""}
_SAME = "It was so already."


def show_meters() -> ResponseReturnValue:
    """Show every meter with the sentence that says what it means."""
    profile = read_profile(current.session(), current_staff().publisher_id)
    counted = {meter.id: [one.name for one in profile.sections if one.meter_id == meter.id] for meter in profile.meters}
    said = [(meter, meaning(meter, profile), counted[meter.id]) for meter in profile.meters]
    seals = {one.slug: seal(_meter_of(profile, one.slug)) for one in profile.sections}
    clocks = seal(_clocks(profile))
    return publication_page("rules/meters", profile=profile, meters=said, seals=seals, clocks=clocks)


def show_meter(meter_id: int) -> ResponseReturnValue:
    """Show one meter and the form that changes it; 0 stands for a new one."""
    return _form(200, meter_id, _written(meter_id) if meter_id else NEW, {})


def change_meter(meter_id: int) -> ResponseReturnValue:
    """Change a meter, or add one where the number is 0."""
    form, staff = read_form(), current_staff()
    if meter_id:
        _rules_of(meter_id)
    current.session().commit()  # what follows has a transaction of its own
    try:
        wanted = _wanted_in(form)
        with act(form) as session:
            if meter_id:
                hold(session)
                refuse_if_edited(form, _fields(meters.meter_rules(session, staff.publisher_id, meter_id)))
                done = meters.change_meter(session, staff.publisher_id, meter_id, wanted, actor=staff.actor)
            else:
                done = bool(meters.add_meter(session, staff.publisher_id, wanted, actor=staff.actor))
    except BadInput as problem:
        return _form(422, meter_id, {name: form.text_or(name)[:80] for name in NEW}, {problem.field: problem.sentence})
    return _back("The meter is set; it holds within seconds." if done else _SAME)


def remove_meter(meter_id: int) -> ResponseReturnValue:
    """Remove a meter."""
    with act(read_form()) as session:
        meters.remove_meter(session, current_staff().publisher_id, meter_id, actor=current_staff().actor)
    return _back("The meter is removed; the default one counts its sections.")


def count_section() -> ResponseReturnValue:
    """Have a section counted by another meter."""
    form, staff = read_form(), current_staff()
    slug, meter_id = form.text("section"), needed(form, "meter", 1, 999_999_999)
    with act(form) as session:
        hold(session)
        profile = read_profile(session, staff.publisher_id)
        if any(one.slug == slug for one in profile.sections):
            refuse_if_edited(form, _meter_of(profile, slug), _by_name(profile))
        done = meters.count_section_by(session, staff.publisher_id, slug, meter_id, actor=staff.actor)
    return _back("The section is counted by that meter now." if done else _SAME)


def set_timezone() -> ResponseReturnValue:
    """Have windows begin by the clocks of another zone."""
    form, staff = read_form(), current_staff()
    with act(form) as session:
        hold(session)
        refuse_if_edited(form, _clocks(read_profile(session, staff.publisher_id)))
        done = meters.set_timezone(session, staff.publisher_id, form.text("timezone").strip(), actor=staff.actor)
    return _back("The time zone is set." if done else _SAME)


def _meter_of(profile: Profile, section: str) -> dict[str, str]:
    return {"meter": str(profile.meter_for(section).id)}


def _by_name(profile: Profile) -> dict[str, list[tuple[str, str]]]:
    return {"meter": [(str(one.id), one.name) for one in profile.meters]}


def _clocks(profile: Profile) -> dict[str, str]:
    return {"timezone": profile.timezone}


def _back(words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(PATH, 303)


def _rules_of(meter_id: int) -> MeterRules:
    return meters.meter_rules(current.session(), current_staff().publisher_id, meter_id)


def _written(meter_id: int) -> dict[str, str]:
    return _fields(_rules_of(meter_id))


def _fields(rules: MeterRules) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in asdict(rules).items() if name in NEW}


def _wanted_in(form: Form) -> WantedMeter:
    kind = form.text("window_kind")
    if kind not in set(WindowKind):
        raise BadInput("window_kind", "Choose one of the windows.")
    return WantedMeter(
        name=form.text("name"),
        visitor_allowance=needed(form, "visitor_allowance", 0, meters.MOST_ALLOWED),
        reader_allowance=needed(form, "reader_allowance", 0, meters.MOST_ALLOWED),
        window_kind=WindowKind(kind),
        rolling_days=whole(form, "rolling_days", 1, meters.MOST_ROLLING_DAYS) if kind == "rolling" else None,
    )


def _form(status: int, meter_id: int, written: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    profile = read_profile(current.session(), current_staff().publisher_id)
    rules = _rules_of(meter_id) if meter_id else None
    return publication_page(
        "rules/meter",
        status,
        meter_id=meter_id,
        sentence=meaning(rules, profile) if rules else "",
        is_default=meter_id == profile.default_meter.id,
        written=written,
        seen=seen(_fields(rules)) if rules else "",
        windows=WINDOWS,
        longest_name=meters.LONGEST_NAME,
        errors=errors,
    )
