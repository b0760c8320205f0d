"""`/admin/explain?reader=…&article=…`, or `visitor=new` or `visitor=spent` instead of a reader."""

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.explaining.answering import answer
from paywall.admin.explaining.asking import LONGEST, Asked, read
from paywall.admin.ground.gate import the_gate
from paywall.admin.ground.pages import page
from paywall.admin.ground.routes import AdminRoute
from paywall.articles.listings import Named, named, newest
from paywall.articles.rules import ArticleCard
from paywall.readers.email_address import for_people
from paywall.staff.rules import Role
from paywall.web import current
from paywall.web.forms import Form

WHO = (
    ("", "The reader named here"),
    ("new", "A new visitor"),
    ("spent", "A visitor who has read all that is free"),
)
_SUGGESTED = 12


def show_explanation() -> ResponseReturnValue:
    """Show what the gate would answer and why, or ask for whom and which article."""
    session, publisher, gate, now = current.session(), current.publisher(), the_gate(), clock.now()
    form = Form(request.args.to_dict(flat=False))
    written, asked = read(session, gate.catalogue, publisher.id, form)
    said = answer(gate.gate, publisher, asked, now) if asked else None
    recent = [] if asked else newest(session, publisher.id, now, section=None, most=_SUGGESTED)
    return page(
        "explaining/page",
        422 if written.errors else 200,
        written=written,
        errors=written.errors,
        said=said,
        article=_title(session, asked.card) if asked else None,
        reader=asked.reader if asked else None,
        who=_who(asked) if asked else "",
        recent=recent,
        choices=WHO,
        longest=LONGEST,
    )


def _title(session: Session, card: ArticleCard) -> Named:
    gone = Named(card.slug, card.slug)  # deleted in this very moment, and still remembered by the gate
    return named(session, card.publisher_id, [card.id]).get(card.id, gone)


def _who(asked: Asked) -> str:
    return for_people(asked.reader.email) if asked.reader else dict(WHO)[asked.visitor.value]


ROUTES = (AdminRoute("/explain", show_explanation, "explain", Role.VIEWER, label="Explain"),)
