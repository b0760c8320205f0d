"""The first page of operations: what needs a hand, in counts, and whether everything runs."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import clock, notices, outbox
from paywall.admin.ground.days import Days
from paywall.admin.ground.pages import page
from paywall.admin.operations.frame import HOME, rooms
from paywall.admin.operations.words import job_line, notice_path, notice_words, part_of
from paywall.billing.reconciling.reports import reports
from paywall.billing.reconciling.silence import last_payment_at
from paywall.billing.webhooks import desk
from paywall.jobs import job_runs
from paywall.telling.listing import endpoint_facts
from paywall.web import current, health

_ENDPOINTS = "/admin/endpoints"


@dataclass(frozen=True, slots=True)
class Card:
    """A count, its words, where to look, and whether it should be nothing."""

    number: int
    words: str
    path: str
    is_bad: bool = False

    @property
    def figure(self) -> str:
        """The number; `1000+` where counting stopped."""
        return "1000+" if self.number > outbox.MOST_COUNTED else str(self.number)


def show_operations() -> ResponseReturnValue:
    """Show the page."""
    session, profile = current.session(), current.publisher()
    days = Days(profile.timezone)
    ours = [one for one in notices.open_notices(session) if one.publisher_id in (None, profile.id)]
    return page(
        "operations/overview",
        rooms=rooms(),
        days=days,
        notices=[(one, notice_words(one, days), notice_path(one)) for one in ours],
        cards=_cards(session, profile.id),
        parts_of_it=[part_of(name, is_well=well) for name, well in health.state(current_app).items()],
        jobs=[job_line(one, clock.wall()) for one in job_runs(session)],
        last_payment_at=last_payment_at(session, profile.id, clock.now()),
        last_report=next(iter(reports(session, profile.id, most=1)), None),
    )


def _cards(session: Session, publisher_id: int) -> list[Card]:
    told = endpoint_facts(session, publisher_id)
    off = sum(1 for one in told if one.disabled_because)
    disabled = [Card(off, "endpoints that are told nothing", _ENDPOINTS, is_bad=True)] if off else []
    return [
        _events(session, publisher_id, desk.Pile.FAILING, "events that failed", is_bad=True),
        _events(session, publisher_id, desk.Pile.WAITING, "events waiting"),
        _mails(session, publisher_id, outbox.Pile.FAILING, "mails that failed"),
        _mails(session, publisher_id, outbox.Pile.GIVEN_UP, "mails given up"),
        Card(sum(one.waiting for one in told), "deliveries waiting", _ENDPOINTS),
        *disabled,
    ]


def _events(session: Session, publisher_id: int, pile: desk.Pile, words: str, *, is_bad: bool = False) -> Card:
    path = f"{HOME}/events?pile={quote(pile)}"
    return Card(desk.count(session, publisher_id, pile), words, path, is_bad=is_bad)


def _mails(session: Session, publisher_id: int, pile: outbox.Pile, words: str) -> Card:
    return Card(outbox.count(session, publisher_id, pile), words, f"{HOME}/mails?pile={quote(pile)}", is_bad=True)
