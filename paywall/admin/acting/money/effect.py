"""What a reader will be able to read after an act, in a sentence."""

from dataclasses import replace

from paywall.admin.acting.knowing import Known
from paywall.billing.subscriptions.status import Access
from paywall.entitlements.rules import Entitlement


def effect_on_access(known: Known, subscription_id: str, after: Access) -> str:
    """Return until when the reader reads once a subscription gives `after`, by that or by what else there is."""
    changed = [_changed(one, after) if one.source_id == subscription_id else one for one in known.rights]
    ends = [one.valid_until for one in changed if one.grants_access(known.now)]
    if ends:
        return f"{known.address} goes on reading until {known.day(max(ends))}."
    if known.open_rights:
        return f"{known.address} is locked out at once, on every device."
    return f"{known.address} is locked out already, and stays so."


def _changed(right: Entitlement, after: Access) -> Entitlement:
    return replace(right, standing=after.standing, valid_until=after.valid_until, suspended=after.suspended)
