"""Comps: the right to read given away by the newspaper, with an end and a reason, and in the audit."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from paywall import audit, clock
from paywall.entitlements.granting import Grant, end_entitlement, set_entitlement
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement, Source, Standing
from paywall.errors import BadInput, NotFound, PaywallError
from paywall.readers.finding import hold_reader, reader_by_id

LONGEST_DAYS = 3660
LONGEST_REASON = 500


class NothingToExtend(PaywallError):
    """Nothing lets this reader in just now, so there is nothing to extend; give a comp instead."""

    status = 409
    code = "nothing_to_extend"


def give_comp(  # noqa: PLR0913 - each is a fact of the gift, and all are named at the call
    session: Session, publisher_id: int, reader_id: int, *, days: int, reason: str, actor: str
) -> Entitlement:
    """Let a reader in free of charge for `days` from now; `actor` is who gives it, as the audit names people.

    Works in the caller's transaction. Raises NotFound for another publisher's reader, BadInput for a length outside
    1 … 3660 days or a reason that is empty, too long or not plain text.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput("days", f"Give a number of days from 1 to {LONGEST_DAYS}.")
    ends_at, source_id = clock.now() + timedelta(days=days), f"comp_{secrets.token_hex(12)}"
    comp = _set(session, publisher_id, _comp(reader_id, source_id, ends_at), reason)
    detail = {"comp": source_id, "days": days, "after": ends_at.isoformat(), "reason": reason}
    audit.write(session, publisher_id, actor, "comp_given", f"reader:{reader_id}", **detail)
    return comp


def end_to_extend(rights: Iterable[Entitlement], now: datetime) -> datetime | None:
    """Return up to when what lets a reader in now reaches, without the slack of renewals; None if nothing does."""
    ends = [one.paid_through_at or one.valid_until for one in rights if one.grants_access(now)]
    return max((now, *ends)) if ends else None


def extend_access(  # noqa: PLR0913 - the same
    session: Session, publisher_id: int, reader_id: int, *, days: int, reason: str, actor: str
) -> Entitlement:
    """Let a reader read on for `days` after the end of what lets her in now; no payment changes by it.

    It is a comp of its own: what Stripe says of a subscription is written anew at each sync, and would undo it.
    Works in the caller's transaction. Raises NotFound, NothingToExtend, and BadInput as `give_comp` does.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput("days", f"Give a number of days from 1 to {LONGEST_DAYS}.")
    hold_reader(session, reader_id)
    before = end_to_extend(entitlements_of(session, reader_id), clock.now())
    if before is None:
        raise NothingToExtend
    ends_at, source_id = before + timedelta(days=days), f"extension_{secrets.token_hex(12)}"
    longer = _set(session, publisher_id, _comp(reader_id, source_id, ends_at), reason)
    moved = {"before": before.isoformat(), "after": ends_at.isoformat(), "reason": reason}
    audit.write(session, publisher_id, actor, "access_extended", f"reader:{reader_id}", comp=source_id, **moved)
    return longer


def end_comp(session: Session, publisher_id: int, reader_id: int, source_id: str, *, reason: str, actor: str) -> None:  # noqa: PLR0913 - the same
    """End a comp or a grant at once; raises NotFound where the reader has none of that id, or it has ended."""
    now = clock.now()
    before = _open_comp(session, publisher_id, reader_id, source_id, now).valid_until
    end_entitlement(session, Source.COMP, source_id, now)
    moved = {"before": before.isoformat(), "after": now.isoformat(), "reason": reason}
    audit.write(session, publisher_id, actor, "comp_ended", f"reader:{reader_id}", comp=source_id, **moved)


def put_grant(  # noqa: PLR0913 - the same
    session: Session, publisher_id: int, reader_id: int, name: str, *, ends_at: datetime, reason: str, actor: str
) -> Entitlement:
    """Let a reader in until `ends_at` under a `name` that the publisher's system chose; again with it moves the end.

    Works in the caller's transaction. Raises NotFound for another publisher's reader, BadInput naming what is wrong.
    """
    now = clock.now()
    if not now < ends_at <= now + timedelta(days=LONGEST_DAYS):
        raise BadInput("validUntil", f"Give a time to come, at most {LONGEST_DAYS} days from now.")
    grant = _set(session, publisher_id, _comp(reader_id, _source_id(reader_id, name), ends_at), reason)
    detail = {"comp": grant.source_id, "until": ends_at.isoformat()}
    audit.write(session, publisher_id, actor, "grant_put", f"reader:{reader_id}", **detail)
    return grant


def end_grant(session: Session, publisher_id: int, reader_id: int, name: str, *, actor: str) -> None:
    """End at once what was granted under that name; raises NotFound where nothing was, or it has ended."""
    source_id, now = _source_id(reader_id, name), clock.now()
    _open_comp(session, publisher_id, reader_id, source_id, now)
    end_entitlement(session, Source.COMP, source_id, now)
    audit.write(session, publisher_id, actor, "grant_ended", f"reader:{reader_id}", comp=source_id)


def name_of_grant(entitlement: Entitlement) -> str | None:
    """Return the name under which a publisher's system granted this; None for what has another source."""
    start = _source_id(entitlement.reader_id, "")
    is_grant = entitlement.source is Source.COMP and entitlement.source_id.startswith(start)
    return entitlement.source_id.removeprefix(start) if is_grant else None


def _open_comp(session: Session, publisher_id: int, reader_id: int, source_id: str, now: datetime) -> Entitlement:
    held = entitlements_of(session, reader_id) if reader_by_id(session, publisher_id, reader_id) else []
    for one in held:
        if one.source is Source.COMP and one.source_id == source_id and now < one.valid_until:
            return one
    raise NotFound("There is no such grant.")


def _set(session: Session, publisher_id: int, comp: Entitlement, reason: str) -> Entitlement:
    _refuse_bad(reason)
    if reader_by_id(session, publisher_id, comp.reader_id) is None:
        raise NotFound("There is no such reader.")
    set_entitlement(session, Grant(publisher_id, comp, reason.strip()))
    return comp


def _comp(reader_id: int, source_id: str, ends_at: datetime) -> Entitlement:
    return Entitlement(
        reader_id=reader_id,
        source=Source.COMP,
        source_id=source_id,
        standing=Standing.COMP,
        paid_through_at=None,
        valid_until=ends_at,
        suspended=False,
    )


def _source_id(reader_id: int, name: str) -> str:
    return f"api_{reader_id}_{name}"


def _refuse_bad(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput("reason", f"Give a reason of at most {LONGEST_REASON} characters.")
    if any(ord(c) < 0x20 or c == "\x7f" or 0xD800 <= ord(c) <= 0xDFFF for c in reason):
        raise BadInput("reason", "Give a reason in plain text, on one line.")
