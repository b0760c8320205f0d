"""Everything that happened with a reader, of every kind in one list, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from paywall.admin.dossier.deeds import actor_words, deed_words, detail_words
from paywall.admin.dossier.facts import MOST, Facts
from paywall.admin.dossier.money import moved_words
from paywall.admin.dossier.words import DOOR, SOURCES, TURNS
from paywall.admin.ground.days import Days
from paywall.admin.staff.browsers import browser_words
from paywall.admin.subscribers.showing.words import Tone
from paywall.gate.decision import Extent


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: when, of which kind, what, more of it, and who did it (empty where nobody is to be named)."""

    at: datetime
    kind: str
    what: str
    more: str = ""
    who: str = ""
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of the timeline, newest first; `earlier` is the moment before which it goes on, None at the beginning."""

    happenings: Sequence[Happening]
    earlier: datetime | None


def timeline(facts: Facts, days: Days) -> Stretch:
    """Return `MOST` happenings, and what happened in the same instant as the last of them.

    Since every source was read one further than that, none is left out.
    """
    sources = (
        _account(facts),
        _access(facts, days),
        _money(facts),
        _deeds(facts, days),
        _mails(facts),
        _devices(facts),
    )
    told = (one for one in chain(*sources, _doors(facts)) if facts.before is None or one.at < facts.before)
    found = sorted(told, key=lambda one: one.at, reverse=True)
    if len(found) <= MOST:
        return Stretch(found, None)
    last = found[MOST - 1].at
    return Stretch([one for one in found if one.at >= last], last)


def _account(facts: Facts) -> Iterator[Happening]:
    yield Happening(facts.reader.created_at, "account", "Account opened")
    if facts.reader.confirmed_at:
        yield Happening(facts.reader.confirmed_at, "account", "Address confirmed")


def _access(facts: Facts, days: Days) -> Iterator[Happening]:
    for event in facts.events:
        what, tone = TURNS[event.turn]
        by = SOURCES.get(event.source, event.source)
        until = f", until {days.minute(event.access_until)}" if event.access_until else ""
        may = "may read" if event.has_access else "may not read"
        yield Happening(event.occurred_at, "access", what, f"by {by}; {may}{until}", tone=tone)


def _money(facts: Facts) -> Iterator[Happening]:
    numbers = {one.stripe_id: one.number or one.stripe_id for one in facts.invoices}
    for moved in facts.moved:
        words = moved_words(moved)
        more = f"{words.money}, invoice {numbers.get(moved.invoice_id, moved.invoice_id)}"
        yield Happening(moved.at, "money", words.what, more, tone=words.tone)
    for bill in facts.invoices:
        if bill.status != "paid" and bill.opened_at and bill.was_attempted:
            yield Happening(bill.opened_at, "money", "Payment failed", f"invoice {bill.number}", tone=Tone.BAD)


def _deeds(facts: Facts, days: Days) -> Iterator[Happening]:
    for deed in facts.deeds:
        who = actor_words(deed.actor, facts.staff)
        yield Happening(deed.at, "act", deed_words(deed.action), detail_words(deed.detail, days), who)


def _mails(facts: Facts) -> Iterator[Happening]:
    for mail in facts.mails:
        yield Happening(mail.written_at, "mail", mail.subject, "mail")


def _devices(facts: Facts) -> Iterator[Happening]:
    for device in facts.devices:
        yield Happening(device.since, "sign-in", "Signed in", browser_words(device.user_agent))


def _doors(facts: Facts) -> Iterator[Happening]:
    for answer in facts.answers:
        if answer.extent == Extent.PREVIEW:
            name = facts.articles.get(answer.article_id)
            title = name.title if name else "an article that is gone"
            why = DOOR.get(answer.reason, answer.reason)
            yield Happening(answer.at, "wall", f"Met the wall: {title}", why, tone=Tone.WATCH)
