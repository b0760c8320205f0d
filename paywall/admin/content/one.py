"""One article: who may read it, from when, until when."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.content.asking import level_of
from paywall.admin.content.lists import PATH, WORDS
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited, seen
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import local_minute, moment, whole
from paywall.articles.drafts import MOST_FREE_HOURS
from paywall.articles.managing.hand import Hand, article_by_id, hand_on, lay_hand_on
from paywall.articles.rules import AccessLevel
from paywall.errors import BadInput
from paywall.web import current
from paywall.web.forms import Form, read_form

FIELDS = ("access", "embargoed_until", "withdrawn_at", "free_first_hours", "free_after_hours")


def show_article(article_id: int) -> ResponseReturnValue:
    """Show an article's state, and the form that changes it."""
    article = article_by_id(current.session(), current_staff().publisher_id, article_id)
    return _one(200, article_id, _as_written(hand_on(article)), {})


def change_article(article_id: int) -> ResponseReturnValue:
    """Lay hand on an article."""
    form, staff = read_form(), current_staff()
    article_by_id(current.session(), staff.publisher_id, article_id)
    current.session().commit()  # what follows has a transaction of its own
    try:
        wanted = _hand_in(form)
        with act(form) as session:
            hold(session)
            refuse_if_edited(form, _as_written(hand_on(article_by_id(session, staff.publisher_id, article_id))))
            changed = lay_hand_on(session, staff.publisher_id, article_id, wanted, actor=staff.actor)
    except BadInput as problem:
        written = {name: form.text_or(name)[:40] for name in FIELDS}
        return _one(422, article_id, written, {problem.field: problem.sentence})
    flash("Done. Readers meet it within seconds." if changed else "Nothing was different.", "good")
    return redirect(f"{PATH}/{article_id}", 303)


def _hand_in(form: Form) -> Hand:
    zone = current.publisher().timezone
    return Hand(
        access=level_of(form.text("access")),
        embargoed_until=moment(form, "embargoed_until", zone),
        withdrawn_at=moment(form, "withdrawn_at", zone),
        free_first_hours=whole(form, "free_first_hours", 0, MOST_FREE_HOURS),
        free_after_hours=whole(form, "free_after_hours", 0, MOST_FREE_HOURS),
    )


def _as_written(hand: Hand) -> dict[str, str]:
    zone = current.publisher().timezone
    hours = {name: getattr(hand, name) for name in ("free_first_hours", "free_after_hours")}
    return {
        "access": hand.access.value,
        "embargoed_until": local_minute(hand.embargoed_until, zone),
        "withdrawn_at": local_minute(hand.withdrawn_at, zone),
        **{name: "" if value is None else str(value) for name, value in hours.items()},
    }


def _one(status: int, article_id: int, written: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    article = article_by_id(current.session(), current_staff().publisher_id, article_id)
    now = clock.now()
    return publication_page(
        "content/one",
        status,
        article=article,
        presence=article.schedule.presence(now).value,
        is_free_now=article.schedule.is_free_window(now),
        written=written,
        seen=seen(_as_written(hand_on(article))),
        levels=[(level.value, WORDS[level]) for level in AccessLevel],
        errors=errors,
    )
