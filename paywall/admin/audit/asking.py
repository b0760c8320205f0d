"""What is asked of the audit: read from the address line, as people write addresses and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from paywall.admin.ground.typed import is_readable
from paywall.admin.subscribers.asking.spans import Span, read_span
from paywall.errors import BadInput, NotFound
from paywall.publishers.rules import Profile
from paywall.readers.finding import find_reader
from paywall.staff.finding import colleagues

NAMES = ("did", "who", "whom", "from", "to")
"""The names that narrow the list, in the order in which they are shown."""
LONGEST = 320
_BEGINNINGS = {"#": "reader:", "sub_": "subscription:sub_", "in_": "invoice:in_", "we_": "webhook:we_"}


class BadQuestion(BadInput):
    """The address line asks for something that is not there; `field` names what."""

    status = 400


@dataclass(frozen=True, slots=True)
class Question:
    """Which entries. What is None or empty does not narrow the list."""

    action: str = ""
    actors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    span: Span = field(default_factory=Span)


def given_in(args: Mapping[str, str]) -> dict[str, str]:
    """Return what was written of the filters, without blanks around it; nothing that can't be stored is kept."""
    given = {name: args.get(name, "").strip()[:LONGEST] for name in NAMES}
    return {name: text for name, text in given.items() if text and is_readable(text)}


def query_of(given: Mapping[str, str], **more: str) -> str:
    """Return the query string of these filters."""
    return urlencode({**{name: given[name] for name in NAMES if given.get(name)}, **more})


def read_question(session: Session, profile: Profile, given: Mapping[str, str]) -> Question:
    """Return what is asked; raises BadInput naming the field that is wrong."""
    said = {name: given.get(name, "") for name in NAMES}
    return Question(
        action=said["did"],
        actors=_actors(session, profile.id, said["who"]),
        subjects=_subjects(session, profile.id, said["whom"]),
        span=read_span(("from", "to"), (said["from"], said["to"]), ZoneInfo(profile.timezone)),
    )


def _actors(session: Session, publisher_id: int, written: str) -> tuple[str, ...]:
    """Return the names that the audit knows somebody by: of a colleague, as staff and as a reader."""
    if "@" not in written:
        return (_in_full(written),) if written else ()
    as_reader = _reader(session, publisher_id, "who", written)
    staff = {f"reader:{one.staff.reader_id}": one.staff.actor for one in colleagues(session, publisher_id)}
    return (as_reader, *([staff[as_reader]] if as_reader in staff else []))


def _subjects(session: Session, publisher_id: int, written: str) -> tuple[str, ...]:
    if "@" in written:
        return (_reader(session, publisher_id, "whom", written),)
    return (_in_full(written),) if written else ()


def _in_full(written: str) -> str:
    return next(
        (f"{full}{written[len(begin) :]}" for begin, full in _BEGINNINGS.items() if written.startswith(begin)), written
    )


def _reader(session: Session, publisher_id: int, name: str, address: str) -> str:
    try:
        return f"reader:{find_reader(session, publisher_id, address).id}"
    except (NotFound, BadInput) as error:
        raise BadQuestion(name, "Nobody here has that address.") from error
