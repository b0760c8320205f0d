"""Which acts make sense for a reader just now: what the dossier lists.

for one in offered(known_reader(session, publisher, reader_id, now)):
    one.label, one.path, one.role, one.why_not
"""

from dataclasses import dataclass

from paywall.admin.acting.account import view
from paywall.admin.acting.every import ACTS
from paywall.admin.acting.frame import ERASED
from paywall.admin.acting.knowing import Known
from paywall.staff.rules import Role


@dataclass(frozen=True, slots=True)
class Offered:
    """An act as the dossier shows it."""

    label: str
    path: str
    """Of the page that asks."""
    role: Role
    """The lowest that may do it."""
    why_not: str
    """Why it can't be done for this reader just now; empty where it can."""


def offered(known: Known) -> tuple[Offered, ...]:
    """Return all acts on a reader, those that can't be done with the reason."""
    gone = "" if known.reader.active else ERASED
    look = Offered(view.LABEL, f"{known.path}/{view.NAME}", view.ROLE, gone)
    acts = (Offered(one.label, f"{known.path}/{one.name}", one.role, one.refusal(known)) for one in ACTS)
    return (look, *acts)
