"""What robots.txt asks of AI crawlers, on the page of crawlers."""

from collections.abc import Callable, Mapping

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited
from paywall.admin.ground.pages import act
from paywall.errors import BadInput
from paywall.gate.crawlers.robots import GROUPS, Choice
from paywall.publishers.crawlers import set_crawlers
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.web.forms import Form, read_form


def choices(profile: Profile) -> dict[str, str]:
    """Return what the publisher says of each group, by its name."""
    return {group.name: group.choice(profile.crawlers).value for group in GROUPS}


def change_robots() -> ResponseReturnValue:
    """Ask groups of AI crawlers to stay away, or no more; only what is different is noted."""
    form = read_form()
    said = {group.name: form.text(group.name) for group in GROUPS if form.text(group.name)}
    if not set(said.values()) <= set(Choice):
        raise BadInput("robots", "Choose welcome or refused for each group.")
    is_news = note_choices(form, said, choices)
    flash("Done; robots.txt says so within minutes." if is_news else "It was so already.", "good")
    return redirect("/admin/wall/crawlers", 303)


def note_choices(form: Form, said: Mapping[str, str], stored_of: Callable[[Profile], Mapping[str, str]]) -> bool:
    """Keep what is said otherwise than it is stored, each by its name; returns whether anything is."""
    staff = current_staff()
    with act(form) as session:
        hold(session)
        stored = stored_of(read_profile(session, staff.publisher_id))
        refuse_if_edited(form, stored)
        different = {name: choice for name, choice in said.items() if choice != stored[name]}
        if different:
            set_crawlers(session, staff.publisher_id, different, actor=staff.actor)
    return bool(different)
