"""`/admin/wall`: the wall of the whole site, of a section, and what crawlers get."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited, seal, seen
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import local_minute, moment, needed, whole
from paywall.admin.rules.robots import choices, note_choices
from paywall.errors import BadInput
from paywall.gate.crawlers.catalogue import CRAWLERS
from paywall.gate.crawlers.robots import GROUPS
from paywall.gate.crawlers.rules import Kind, gets
from paywall.gate.decision import Extent
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile, SectionRules
from paywall.publishers.ruling import walls
from paywall.publishers.ruling.walls import MOST_CAP_FACTOR, PREVIEW_WORDS, Wall
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/wall"
FIELDS = ("registration_wall", "wall_lifted_until", "network_cap_factor", "preview_words")
KINDS = (
    (Kind.SEARCH, "Search engines", "They find all of a text, and tell readers that it has a wall."),
    (Kind.TOOL, "Tools", "Somebody asked for them: a test, a picture of the page."),
    (Kind.AI, "AI crawlers", "They answer instead of leading to the page."),
)


def show_wall() -> ResponseReturnValue:
    """Show the wall as it stands."""
    profile = read_profile(current.session(), current_staff().publisher_id)
    return _wall(200, profile, _written(profile), {})


def change_wall() -> ResponseReturnValue:
    """Change the wall."""
    form, staff = read_form(), current_staff()
    try:
        wanted = _wanted_in(form)
        with act(form) as session:
            hold(session)
            refuse_if_edited(form, _written(read_profile(session, staff.publisher_id)))
            done = walls.set_wall(session, staff.publisher_id, wanted, actor=staff.actor)
    except BadInput as problem:
        profile = read_profile(current.session(), staff.publisher_id)
        written = {name: form.text_or(name)[:40] for name in FIELDS}
        return _wall(422, profile, written, {problem.field: problem.sentence})
    return _back(PATH, done)


def lift_section() -> ResponseReturnValue:
    """Lift the wall for a section until a time."""
    form, staff = read_form(), current_staff()
    slug, until = form.text("section"), moment(form, "until", current.publisher().timezone)
    with act(form) as session:
        hold(session)
        profile = read_profile(session, staff.publisher_id)
        for section in (one for one in profile.sections if one.slug == slug):
            refuse_if_edited(form, _lifted(section, profile))
        done = walls.lift_wall_of_section(session, staff.publisher_id, slug, until, actor=staff.actor)
    return _back(PATH, done)


def show_crawlers() -> ResponseReturnValue:
    """Show what each crawler gets."""
    profile = read_profile(current.session(), current_staff().publisher_id)
    groups = [
        (
            label,
            words,
            [(one, gets(one, profile.crawlers), one.name in profile.crawlers) for one in CRAWLERS if one.kind is kind],
        )
        for kind, label, words in KINDS
    ]
    said = choices(profile)
    seals = {"what": seen(_extents(profile)), "robots": seen(said)}
    return publication_page("rules/crawlers", groups=groups, robots=GROUPS, choices=said, seals=seals)


def change_crawlers() -> ResponseReturnValue:
    """Let crawlers have the full text, or the preview; only what is different is noted."""
    form = read_form()
    said = {one.name: form.text(one.name) for one in CRAWLERS if form.text(one.name)}
    if not set(said.values()) <= set(Extent):
        raise BadInput("crawler", "Choose full or preview for each crawler.")
    return _back(f"{PATH}/crawlers", note_choices(form, said, _extents))


def _extents(profile: Profile) -> dict[str, str]:
    return {one.name: gets(one, profile.crawlers).value for one in CRAWLERS}


def _back(path: str, done: bool) -> ResponseReturnValue:
    flash("Done; it holds within seconds." if done else "It was so already.", "good")
    return redirect(path, 303)


def _wanted_in(form: Form) -> Wall:
    return Wall(
        registration_wall=form.text("registration_wall") == "yes",
        wall_lifted_until=moment(form, "wall_lifted_until", current.publisher().timezone),
        network_cap_factor=whole(form, "network_cap_factor", 1, MOST_CAP_FACTOR),
        preview_words=needed(form, "preview_words", PREVIEW_WORDS.start, PREVIEW_WORDS.stop - 1),
    )


def _written(profile: Profile) -> dict[str, str]:
    factor = profile.network_cap_factor
    return {
        "registration_wall": "yes" if profile.registration_wall else "no",
        "wall_lifted_until": local_minute(profile.wall_lifted_until, profile.timezone),
        "network_cap_factor": "" if factor is None else str(factor),
        "preview_words": str(profile.preview_words),
    }


def _lifted(section: SectionRules, profile: Profile) -> dict[str, str]:
    return {"until": local_minute(section.wall_lifted_until, profile.timezone)}


def _wall(status: int, profile: Profile, written: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    now = clock.now()
    lifted = [
        (
            one,
            _lifted(one, profile)["until"],
            seal(_lifted(one, profile)),
            bool(one.wall_lifted_until and now < one.wall_lifted_until),
        )
        for one in profile.sections
    ]
    is_lifted = profile.wall_lifted_until is not None and now < profile.wall_lifted_until
    return publication_page(
        "rules/wall",
        status,
        profile=profile,
        lifted=lifted,
        is_lifted=is_lifted,
        written=written,
        seen=seen(_written(profile)),
        errors=errors,
    )
