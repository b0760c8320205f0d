"""Every kind of mail, and one of each as a made-up reader would get it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from paywall import clock
from paywall.billing.letters import samples as billing
from paywall.billing.letters.choices import OPTIONAL, switch_path
from paywall.billing.letters.sheet import Sheet
from paywall.billing.links import Links
from paywall.errors import NotFound
from paywall.importing.carrying_out import letters as importing
from paywall.letters.kinds import KINDS, MEANINGS, SITUATIONS
from paywall.letters.rules import Values
from paywall.letters.writing import Occasion
from paywall.mail import Letterhead
from paywall.publishers.letterhead import letterhead
from paywall.publishers.rules import Profile
from paywall.readers import letters as readers
from paywall.staff import invitations as staff
from paywall.staff.rules import Role
from paywall.web import current

ADDRESS = "reader@example.com"
_OWN_ROOMS = (*readers.SAMPLES, *importing.SAMPLES, *staff.SAMPLES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mail is looked at: its kind, the language of words, money and dates, and how things stand in it."""

    kind: str
    language: str
    case: str


def mails() -> dict[str, str]:
    """Return every kind of mail, and when it is sent."""
    return dict([*_OWN_ROOMS, *((one.kind, one.words) for one in billing.SAMPLES)])


def cases_of(kind: str) -> list[tuple[str, str]]:
    """Return how things may stand in a mail of a kind, each with its words."""
    return [("usual", "as it usually is"), *_cases(kind)]


def _cases(kind: str) -> Iterator[tuple[str, str]]:
    if KINDS[kind].optional:
        yield ("most", "with something in every blank")
        yield ("least", "with nothing in those that may be empty")
    for name in KINDS[kind].situations:
        yield (f"only_{name}", f"if {SITUATIONS[name]}")
        yield (f"not_{name}", f"unless {SITUATIONS[name]}")


def head_of(profile: Profile) -> Letterhead:
    """Return the letterhead of a publisher."""
    return letterhead(profile, current.settings().base_url)


def occasion(wanted: Wanted, address: str = ADDRESS) -> Occasion:
    """Return what a mail to that address would be written for; raises NotFound for a kind that there is not."""
    profile = replace(current.publisher(), language=wanted.language)
    sheet = Sheet(current.session(), profile, head_of(profile), Links(current.settings().secret_key))
    values = _as_it_stands(wanted, _values(sheet, wanted.kind, address))
    switch = switch_path(sheet.links, 0, wanted.kind) if wanted.kind in OPTIONAL else None
    return Occasion(wanted.kind, address, values, sheet.head.site_url + switch if switch else None)


def _values(sheet: Sheet, kind: str, address: str) -> Values:
    if kind == importing.KIND:
        return importing.values_of(sheet.head, address)
    if kind == staff.KIND:
        return staff.values_of(Role.SUPPORT, f"{sheet.head.site_url}{staff.PATH}…")
    desk = readers.Desk(sheet.publisher, current.settings())
    values = readers.sample_values(desk, kind, address) or billing.sample_values(sheet, kind, clock.now())
    if values is None:
        raise NotFound("There is no mail of that kind.")
    return values


def _as_it_stands(wanted: Wanted, values: Values) -> Values:
    kind = KINDS[wanted.kind]
    if wanted.case == "most":
        return {**values, **{name: values[name] or MEANINGS[name][1] for name in kind.optional}}
    if wanted.case == "least":
        return {**values, **dict.fromkeys(kind.optional, "")}
    which, _, name = wanted.case.partition("_")
    return {**values, name: which == "only"} if name in kind.situations else values
