"""Who and what the audit speaks of, in words for people: accounts by their address as long as they have one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.billing.subscriptions.adopting import holders_of
from paywall.readers.email_address import for_people
from paywall.readers.tables import Reader
from paywall.staff.finding import colleagues

_ACTORS = {
    "stripe": "Stripe",
    "sweep": "the service, by the clock",
    "command line": "the command line",
    "reader": "a reader who was erased",
}
_SOLD = "subscription:"
_KINDS = {
    "reader": "account",
    "staff": "staff",
    "key": "API key",
    "webhook": "webhook",
    "pass_key": "key of passes",
    "staff_invitation": "invitation",
    "billing_event": "billing event",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something, and its page, where it has one."""

    words: str
    path: str | None = None


class Names:
    """Who is behind `reader:7` and `staff:3`: asked once for all rows of a page."""

    def __init__(self, session: Session, publisher_id: int, codes: Iterable[str]) -> None:
        """Look up those accounts, the staff, and whose the subscriptions are."""
        self._publisher_id, known = publisher_id, list(codes)
        self._holders = holders_of(session, [code.removeprefix(_SOLD) for code in known if code.startswith(_SOLD)])
        named = {one for code in known if (one := _reader_id(code))}
        self._readers = _addresses(session, publisher_id, named.union(self._holders.values()))
        self._staff = {one.staff.actor: one for one in colleagues(session, publisher_id)}

    def of(self, code: str) -> Named:
        """Return who or what a code means."""
        kind, colon, rest = code.partition(":")
        reader_id = _reader_id(code)
        if reader_id is not None:
            return Named(self._readers.get(reader_id, f"account {reader_id}"), f"/admin/subscribers/{reader_id}")
        holder = self._holders.get(rest) if kind == "subscription" else None
        if holder is not None and holder in self._readers:
            return Named(f"subscription of {self._readers[holder]}", f"/admin/subscribers/{holder}")
        if code in self._staff:
            one = self._staff[code]
            return Named(for_people(one.email), f"/admin/subscribers/{one.staff.reader_id}")
        if not colon:
            return Named(_ACTORS.get(code, code))
        if code == f"publisher:{self._publisher_id}":
            return Named("this publication")
        path = f"/admin/articles/{rest}" if kind == "article" and rest.isdigit() else None
        return Named(f"{_KINDS.get(kind, kind.replace('_', ' '))} {rest}", path)


def _addresses(session: Session, publisher_id: int, reader_ids: set[int]) -> Mapping[int, str]:
    theirs = (Reader.publisher_id == publisher_id, Reader.active, Reader.id.in_(reader_ids))
    return {row.id: for_people(row.email) for row in session.execute(select(Reader.id, Reader.email).where(*theirs))}


def _reader_id(code: str) -> int | None:
    kind, _, rest = code.partition(":")
    return int(rest) if kind == "reader" and rest.isdecimal() and len(rest) < 19 else None
