"""The list of articles, and changing many of them: shown first, done once."""

from collections.abc import Mapping
from datetime import datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.content.asking import Written, choice_of, level_of, place_of, word_of, written_in, written_in_form
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.cursors import Cut, cut
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.articles.managing.choosing import Choice, Place, count_chosen, list_chosen
from paywall.articles.managing.levels import ChoiceChanged, change_levels, plan_change
from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.errors import BadInput
from paywall.web import current
from paywall.web.forms import read_form

PATH = "/admin/articles"
LISTED = 50
SHOWN = 20
"""So many of the articles that would be changed are named."""
WORDS = {
    AccessLevel.FREE: "free",
    AccessLevel.REGISTERED: "registered",
    AccessLevel.METERED: "metered",
    AccessLevel.SUBSCRIBERS: "subscribers",
}


def show_articles() -> ResponseReturnValue:
    """Show the articles that the address line asks for; a bad question gets 400 and says what is wrong."""
    written = written_in(request.args)
    try:
        choice, place = choice_of(written), place_of(request.args)
    except BadInput as problem:
        return _wrong(written, problem)
    return _list(200, written, _part(choice, place), count_chosen(*_asked(choice)), {})


def preview_change() -> ResponseReturnValue:
    """Say how many articles, and which, a change would concern; changes nothing."""
    written = written_in(request.args)
    try:
        return _preview(200, written, level_of(request.args.get("to", "")))
    except BadInput as problem:
        return _wrong(written, problem)


def change_many() -> ResponseReturnValue:
    """Give the articles that were shown another access level; where others fit by now, show them first."""
    form, staff = read_form(), current_staff()
    written, level, seen = written_in_form(form), level_of(form.text("to")), form.text("seen")
    choice, now = choice_of(written), clock.now()
    try:
        with act(form) as session:
            count = change_levels(session, staff.publisher_id, choice, level, now, seen=seen, actor=staff.actor)
    except ChoiceChanged as changed:
        flash(changed.sentence, "error")
        return _preview(changed.status, written, level)
    flash(f"{count:,} {'article is' if count == 1 else 'articles are'} {WORDS[level]} now.", "good")
    return redirect(f"{PATH}?{written.query}", 303)


def _wrong(written: Written, problem: BadInput) -> ResponseReturnValue:
    return _list(400, written, None, {}, {problem.field: problem.sentence})


def _asked(choice: Choice) -> tuple[Session, int, Choice, datetime]:
    return current.session(), current.publisher().id, choice, clock.now()


def _part(choice: Choice, place: Place | None) -> Cut[Article]:
    found = list_chosen(*_asked(choice), most=LISTED + 1, place=place)
    return cut(found, LISTED, is_first=place is None, is_backwards=place is not None and place.is_backwards)


def _list(
    status: int,
    written: Written,
    part: Cut[Article] | None,
    counts: Mapping[AccessLevel, int],
    errors: dict[str, str],
) -> ResponseReturnValue:
    rows = part.rows if part else []
    return publication_page(
        "content/list",
        status,
        part=part,
        earlier=word_of(rows[0], is_backwards=True) if part and part.has_earlier and rows else None,
        later=word_of(rows[-1], is_backwards=False) if part and part.has_later and rows else None,
        counts=counts,
        total=sum(counts.values()),
        written=written,
        sections=_sections(),
        levels=[(level.value, WORDS[level]) for level in AccessLevel],
        errors=errors,
        now=clock.now(),
    )


def _preview(status: int, written: Written, level: AccessLevel) -> ResponseReturnValue:
    session, publisher_id, now = current.session(), current_staff().publisher_id, clock.now()
    choice = choice_of(written)
    plan = plan_change(session, publisher_id, choice, level, now)
    counts = count_chosen(session, publisher_id, choice, now)
    shown = list_chosen(session, publisher_id, choice, now, most=SHOWN + counts.get(level, 0))
    changing = [one for one in shown if one.access != level.value][:SHOWN]
    return publication_page(
        "content/preview", status, plan=plan, counts=counts, changing=changing, written=written, level=level
    )


def _sections() -> list[tuple[str, str]]:
    return [("", "all"), *((section.slug, section.name) for section in current.publisher().sections)]
