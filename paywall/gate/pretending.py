"""A gate for what-if questions: it decides as the real one does, for a visitor who has read all that is free."""

from datetime import datetime

from paywall.gate.access import Gate, Who
from paywall.gate.metering import GateMeter
from paywall.gate.rights import NO_RIGHT, Right
from paywall.meter.engines import open_store
from paywall.publishers.rules import Profile

VISITOR = Who("v")
"""Nobody in particular: no view is ever taken in this name at the real gate, so it is a new visitor there."""


def spent_gate(profile: Profile, section: str, now: datetime) -> Gate:
    """Return a gate at which `VISITOR` has opened as many articles of the section's meter as are free.

    Its meter is a memory of its own; nothing of it is ever seen outside.
    """
    store = open_store("memory://")
    gate = Gate(GateMeter(store), _nobody_has_rights)
    terms = gate.terms.of(profile, section)
    for number in range(terms.visitor_allowance):
        opened = f"\0opened before {number}"
        store.admit(terms.counted_as(VISITOR.counted_as), opened, terms.visitor_allowance, terms.window(now))
    return gate


def _nobody_has_rights(_publisher_id: int, _reader_id: int, _now: datetime) -> Right:
    return NO_RIGHT
