"""What robots.txt asks of AI crawlers, on the page of crawlers."""

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
from paywall.web.forms import read_form


def choices(profile: Profile) -> dict[str, str]:
    """Return what the publisher says of each group, by its name."""
    return {group.name: group.choice(profile.crawlers).value for group in GROUPS}


def change_robots() -> ResponseReturnValue:
    """Ask groups of AI crawlers to stay away, or no more; only what is different is noted."""
    form, staff = read_form(), current_staff()
    said = {group.name: form.text(group.name) for group in GROUPS if form.text(group.name)}
    if not set(said.values()) <= set(Choice):
        raise BadInput("robots", "Choose welcome or refused for each group.")
    with act(form) as session:
        hold(session)
        stored = choices(read_profile(session, staff.publisher_id))
        refuse_if_edited(form, stored)
        different = {name: choice for name, choice in said.items() if choice != stored[name]}
        if different:
            set_crawlers(session, staff.publisher_id, different, actor=staff.actor)
    flash("Done; robots.txt says so within minutes." if different else "It was so already.", "good")
    return redirect("/admin/wall/crawlers", 303)
