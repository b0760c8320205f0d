"""Looking as the reader: what the account page says, and which of the newest articles open. Nothing can be done here.

Nobody is signed in as the reader: no session, no pass and no cookie of hers is made, so nothing can be done in her
name, and no text is shown. It is the account's own sentence, and the gate's own answers, asked without spending.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.acting.frame import ERASED, NotOffered, note
from paywall.admin.acting.knowing import Known, known_reader
from paywall.admin.ground.gate import the_gate
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.articles.listings import newest
from paywall.gate.access import Who
from paywall.gate.decision import Decision, Reason
from paywall.publishers.rules import Profile
from paywall.staff.rules import Role
from paywall.web import current

_MOST = 20
_KEY = "paywall.admin.account"
LABEL, NAME, ROLE = "View as the reader", "view", Role.SUPPORT

Overview = Callable[[Session, Profile, int, datetime], Any]
"""What the account shows of a reader: `paywall.account.overview.overview`, handed in from above."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the gate would answer for one article."""

    title: str
    slug: str
    words: str
    tone: str
    reason: str


def show_account(app: Flask, overview: Overview) -> None:
    """Let the pages of /admin show what a reader's own account page says."""
    app.extensions[_KEY] = overview


def look(reader_id: int) -> ResponseReturnValue:
    """Show the reader's view; the audit has who looked."""
    session, publisher = current.session(), current.publisher()
    known = known_reader(session, publisher, reader_id, clock.now())
    if not known.reader.active:
        raise NotOffered(ERASED)
    note(session, known, "viewed_as_reader", before=None, after=None)
    account = cast(Overview, current_app.extensions[_KEY])(session, publisher, reader_id, known.now)
    articles = newest(session, publisher.id, known.now, section=None, most=_MOST)
    titles = [(one.slug, one.title) for one in articles]
    session.commit()  # the gate asks for itself
    found = [one for slug, title in titles if (one := _opening(known, slug, title))]
    return page("acting/view", known=known, account=account, openings=found)


def _opening(known: Known, slug: str, title: str) -> Opening | None:
    gate, reader_id = the_gate(), known.reader.id
    card = gate.catalogue.card(known.publisher.id, slug)
    if card is None:
        return None
    who = Who(f"r{reader_id}", reader_id=reader_id)
    decision = gate.gate.check_access(known.publisher, card, who, counts=False, now=known.now).decision
    words, tone = _words(decision)
    return Opening(title, slug, words, tone, decision.reason)


def _words(decision: Decision) -> tuple[str, str]:
    if decision.is_full:
        return "opens", "good"
    if decision.reason is Reason.METERED and decision.views_left:
        return f"would open as one of {decision.views_left} left", "warn"
    return "stays shut", "bad"


ROUTES = (AdminRoute("/subscribers/<int:reader_id>/view", look, "view_as_reader", ROLE),)
