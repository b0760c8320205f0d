"""Comps: the right to read given away by the newspaper, with an end and a reason, and in the audit."""

import secrets
from datetime import timedelta

from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.errors import BadInput, NotFound
from paywall.readers.finding import reader_by_id

LONGEST_DAYS = 3660
LONGEST_REASON = 500


def give_comp(  # noqa: PLR0913 - each is a fact of the gift, and all are named at the call
    session: Session, publisher_id: int, reader_id: int, *, days: int, reason: str, actor: str
) -> Entitlement:
    """Let a reader in free of charge for `days` from now; `actor` is who gives it, as the audit names people.

    Works in the caller's transaction. Raises NotFound for another publisher's reader, BadInput for a length outside
    1 … 3660 days or a reason that is empty, too long or not plain text.
    """
    _refuse_bad(days, reason)
    if reader_by_id(session, publisher_id, reader_id) is None:
        raise NotFound("There is no such reader.")
    comp = Entitlement(
        reader_id=reader_id,
        source=Source.COMP,
        source_id=f"comp_{secrets.token_hex(12)}",
        standing=Standing.COMP,
        paid_through_at=None,
        valid_until=clock.now() + timedelta(days=days),
        suspended=False,
    )
    set_entitlement(session, Grant(publisher_id, comp, reason.strip()))
    audit.write(session, publisher_id, actor, "comp_given", f"reader:{reader_id}", comp=comp.source_id, days=days)
    return comp


def _refuse_bad(days: int, reason: str) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput("days", f"Give a number of days from 1 to {LONGEST_DAYS}.")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput("reason", f"Give a reason of at most {LONGEST_REASON} characters.")
    if any(ord(c) < 0x20 or c == "\x7f" or 0xD800 <= ord(c) <= 0xDFFF for c in reason):
        raise BadInput("reason", "Give a reason in plain text, on one line.")
