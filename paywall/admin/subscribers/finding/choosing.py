"""From the question to its parts: what must hold of a reader to be in the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from paywall import clock
from paywall.admin.subscribers.asking.question import Question, Sign
from paywall.admin.subscribers.asking.reading import Choices
from paywall.admin.subscribers.asking.spans import Span
from paywall.admin.subscribers.finding.parts import Has, HasNone, IsCrowded, Part
from paywall.admin.subscribers.finding.searching import Search, search
from paywall.billing.subscriptions.conditions import has_status, is_current, is_second, is_sold_as
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.conditions import comes_from, grants_access, is_last, stands
from paywall.entitlements.rules import Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.tables import Reader


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, who asks it and when; `now` is business time."""

    publisher_id: int
    question: Question
    choices: Choices
    now: datetime


def parts_of(session: Session, asked: Asked) -> list[Part]:
    """Return all that must hold of a reader. Reads only what a search for a name at Stripe needs."""
    found = search(session, asked.publisher_id, asked.question.text)
    question = asked.question
    parts: list[Part] = [Has(Reader, "id", lambda row: _account(row, asked), is_of_most=True)]
    if not question.joined.is_open:
        parts.append(Has(Reader, "id", lambda row: _joined(row, asked), along="created_at"))
    if found.reader_ids is not None or found.beginning is not None:
        parts.append(Has(Reader, "id", lambda row: _searched(row, asked, found), along="email_normalized"))
    if question.status or question.plan or question.currency:
        parts.append(_with_subscription(asked))
    if question.source or question.sign is Sign.IN_GRACE:
        parts.append(Has(EntitlementRow, "reader_id", lambda row: _open_right(row, asked)))
    if question.is_shut_out:
        parts.append(HasNone(Has(EntitlementRow, "reader_id", lambda row: [grants_access(row, asked.now)])))
    if not question.ends.is_open:
        parts.append(Has(EntitlementRow, "reader_id", lambda row: _last_right(row, asked), along="valid_until"))
    if question.sign is Sign.PAYS_TWICE:
        parts.append(Has(Subscription, "reader_id", lambda row: [_theirs(row, asked), is_second(row)]))
    if question.sign is Sign.SHARES:
        parts.append(IsCrowded(clock.wall()))
    return parts


def _account(row: type[Reader], asked: Asked) -> list[ColumnElement[bool]]:
    """Return what must hold of the account; those that were erased are nobody's any more."""
    return [_theirs(row, asked), row.active == true()]


def _joined(row: type[Reader], asked: Asked) -> list[ColumnElement[bool]]:
    return [_theirs(row, asked), *within(row.created_at, asked.question.joined)]


def _searched(row: type[Reader], asked: Asked, found: Search) -> list[ColumnElement[bool]]:
    """Return what must hold of who is searched for: found by a name, or of an address with that beginning."""
    if found.reader_ids is not None:
        return [_theirs(row, asked), row.id.in_(found.reader_ids)]
    return [_theirs(row, asked), row.email_normalized >= found.beginning, row.email_normalized < found.behind]


def _with_subscription(asked: Asked) -> Part:
    question = asked.question

    def conditions(row: type[Subscription]) -> list[ColumnElement[bool]]:
        asks = [_theirs(row, asked), is_current(row)]
        if question.status:
            asks.append(has_status(row, question.status))
        if question.plan:
            asks.append(is_sold_as(row, asked.choices.plans[question.plan]))
        if question.currency:
            asks.append(row.currency == question.currency)
        return asks

    return Has(Subscription, "reader_id", conditions)


def _open_right(row: type[EntitlementRow], asked: Asked) -> Sequence[ColumnElement[bool]]:
    asks = [_theirs(row, asked), grants_access(row, asked.now)]
    if asked.question.source:
        asks.append(comes_from(row, asked.question.source))
    if asked.question.sign is Sign.IN_GRACE:
        asks.append(stands(row, Standing.IN_GRACE))
    return asks


def _last_right(row: type[EntitlementRow], asked: Asked) -> Sequence[ColumnElement[bool]]:
    return [_theirs(row, asked), *within(row.valid_until, asked.question.ends), is_last(row)]


def _theirs(row: Any, asked: Asked) -> ColumnElement[bool]:  # noqa: ANN401 - any table that names a publisher
    condition: ColumnElement[bool] = row.publisher_id == asked.publisher_id
    return condition


def within(column: Any, span: Span) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a column of moments
    """Return the conditions that a moment lies in a span: `Span.holds`."""
    bounds = []
    if span.begins_at is not None:
        bounds.append(column >= span.begins_at)
    if span.ends_at is not None:
        bounds.append(column < span.ends_at)
    return bounds
