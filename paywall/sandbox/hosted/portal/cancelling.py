"""Cancelling in the portal, with the reasons one may give, and taking it back."""

from werkzeug.wrappers import Response

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.billing.subscriptions import ending
from paywall.sandbox.hosted.portal import habits
from paywall.sandbox.hosted.portal.visit import Visit
from paywall.sandbox.state.shapes import Json

REASONS = {
    "too_expensive": "It is too expensive",
    "missing_features": "I miss something",
    "switched_service": "I found something else",
    "unused": "I do not use it enough",
    "customer_service": "I was not helped well",
    "too_complex": "It is too complicated",
    "low_quality": "It is not good enough",
    "other": "Another reason",
}
_LONGEST_COMMENT = 500


def ask(visit: Visit, subscription: str) -> Response:
    """Show what cancelling means, and ask why."""
    found = _cancellable(visit, subscription)
    if found is None:
        return visit.refuse("There is nothing to cancel.")
    options = visit.features["subscription_cancel"]["cancellation_reason"]["options"]
    return visit.page("portal_cancel.html", subscription=found, reasons={word: REASONS[word] for word in options})


def _cancellable(visit: Visit, subscription: str) -> Json | None:
    found = visit.subscription(subscription)
    allowed = visit.features["subscription_cancel"]["enabled"]
    return found if found and allowed and found["cancel_at"] is None and not found["schedule"] else None


def cancel(visit: Visit, subscription: str) -> Response:
    """Cancel as the configuration says: at once, or at the period's end."""
    found = _cancellable(visit, subscription)
    if found is None:
        return visit.refuse("There is nothing to cancel.")
    details = _details(visit)
    if visit.features["subscription_cancel"]["mode"] == "immediately":
        ending.end(visit.work, found, reason="cancellation_requested", **details)
    else:
        by_flag = habits.cancels_by(visit.work.store) == "flag"
        how: Json = {"cancel_at_period_end": True} if by_flag else {"cancel_at": "max_period_end"}
        changing.update(visit.work, {"id": subscription, **how, "cancellation_details": details})
    return visit.done("subscription_cancel")


def _details(visit: Visit) -> dict[str, str | None]:
    """Return the reason and the comment, as far as the configuration asks for them."""
    asked = visit.features["subscription_cancel"]["cancellation_reason"]
    form = visit.asked.request.form
    reason, comment = form.get("reason", ""), form.get("comment", "").strip()[:_LONGEST_COMMENT]
    given: dict[str, str | None] = {}
    if asked["enabled"] and reason in asked["options"]:
        given["feedback"] = reason
    if asked["enabled"] and comment:
        given["comment"] = comment
    return given


def take_back(visit: Visit, subscription: str) -> Response:
    """Take a cancellation back, however it was made."""
    found = visit.subscription(subscription)
    if found is None or found["cancel_at"] is None:
        return visit.refuse("There is nothing to take back.")
    changes: Json = {"cancel_at_period_end": False} if found["cancel_at_period_end"] else {"cancel_at": None}
    changing.update(visit.work, {"id": found["id"], **changes})
    return visit.done()
