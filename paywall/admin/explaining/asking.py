"""Whom and which article an explanation is asked for, as it was typed: an address, a number, a slug, a link."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from paywall.articles.catalogue import Catalogue
from paywall.articles.rules import ArticleCard
from paywall.billing.subscriptions.naming import readers_behind
from paywall.errors import BadInput
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email, reader_by_id
from paywall.readers.tables import Reader
from paywall.web.forms import Form

LONGEST = 2_000
_NUMBER = re.compile(r"#?([0-9]{1,18})")
_OUR_PAGES = "/articles/"


class Visitor(StrEnum):
    """Somebody without an account, as far as the meter goes."""

    NEW = "new"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Written:
    """What was typed, for the form that shows it again, and what is wrong with it, by field."""

    reader: str = ""
    visitor: str = ""
    article: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that can be answered; `reader` is None for a visitor."""

    card: ArticleCard
    reader: Reader | None = None
    visitor: Visitor = Visitor.NEW


def read(session: Session, catalogue: Catalogue, publisher_id: int, form: Form) -> tuple[Written, Asked | None]:
    """Return the question of an address line, None where it is not complete or not good; the errors say why."""
    typed = {name: form.text_or(name).strip()[:LONGEST] for name in ("reader", "visitor", "article")}
    errors: dict[str, str] = {}
    reader = card = visitor = None
    try:
        visitor = _visitor(form.text("visitor"))
        reader = None if visitor else _reader(session, publisher_id, form.text("reader").strip())
    except BadInput as problem:
        errors["reader" if problem.field == "email" else problem.field] = problem.sentence
    try:
        card = _article(catalogue, publisher_id, form.text("article").strip())
    except BadInput as problem:
        errors["article"] = problem.sentence
    asked = Asked(card, reader, visitor or Visitor.NEW) if card and (reader or visitor) and not errors else None
    return Written(**typed, errors=errors), asked


def _visitor(typed: str) -> Visitor | None:
    if not typed:
        return None
    if typed not in tuple(Visitor):
        raise BadInput("visitor", "Choose a reader, a new visitor, or one who has read all that is free.")
    return Visitor(typed)


def _reader(session: Session, publisher_id: int, typed: str) -> Reader | None:
    if not typed:
        return None
    found = _by_name(session, publisher_id, typed)
    if found is None:
        raise BadInput("reader", "No reader is called that. Give the whole address, #12, or a name at Stripe.")
    return found


def _by_name(session: Session, publisher_id: int, typed: str) -> Reader | None:
    number = _NUMBER.fullmatch(typed)
    if number:
        return reader_by_id(session, publisher_id, int(number[1]))
    if "@" in typed:
        return reader_by_email(session, publisher_id, parse_email(typed).normalized)
    behind = readers_behind(session, publisher_id, typed)
    return reader_by_id(session, publisher_id, behind[0]) if len(behind) == 1 else None


def _article(catalogue: Catalogue, publisher_id: int, typed: str) -> ArticleCard | None:
    if not typed:
        return None
    if len(typed) > LONGEST:
        raise BadInput("article", "That is longer than any address.")
    card = catalogue.card(publisher_id, _slug_in(typed)) or catalogue.by_key(publisher_id, typed)
    if card is None and "://" in typed:
        card = catalogue.at_address(publisher_id, typed)
    if card is None:
        raise BadInput("article", "There is no such article. Give its address, the last part of it, or your own id.")
    return card


def _slug_in(typed: str) -> str:
    """Return the slug in an address of ours, or what was typed."""
    try:
        path = urlsplit(typed).path
    except ValueError:
        return typed
    return unquote(path.removeprefix(_OUR_PAGES)) if path.startswith(_OUR_PAGES) else typed
