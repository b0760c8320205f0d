"""Keeping endpoints: their signing secrets, also while one replaces another, and how long they may fail."""

from collections.abc import Iterable, Sequence

from paywall.sandbox.state.ids import new_secret
from paywall.sandbox.state.store import Store
from paywall.sandbox.state.work import Work

OVERLAP_SECONDS = 86_400
"""How long the old secret signs beside the new one: a day is the longest that Stripe offers."""


def ensure_endpoints(work: Work, urls: Iterable[str]) -> dict[str, str]:
    """Register each address that is not yet, for every event; return the secret of each enabled endpoint by address."""
    known = {each["url"]: each for each in work.store.select("webhook_endpoint", tail="ORDER BY seq")}
    for url in urls:
        if url not in known:
            private = {"secret": new_secret("whsec")}
            known[url] = work.add("webhook_endpoint", private=private, url=url, enabled_events=["*"])
    return {url: work.store.private(each["id"])["secret"] for url, each in known.items() if each["status"] == "enabled"}


def roll_secret(store: Store, endpoint_id: str, wall: int, overlap: int = OVERLAP_SECONDS) -> str:
    """Give an endpoint a new signing secret and return it; the old one signs, too, for `overlap` seconds more."""
    private = store.private(endpoint_id)
    secret = new_secret("whsec")
    store.set_private(
        endpoint_id, {**private, "secret": secret, "old_secret": private["secret"], "old_until": wall + overlap}
    )
    return secret


def secrets_of(store: Store, endpoint_id: str, wall: int) -> Sequence[str]:
    """Return the secrets that sign just now, the newest first."""
    private = store.private(endpoint_id)
    old = [private["old_secret"]] if private.get("old_until", 0) > wall else []
    return [private["secret"], *old]


def note_success(store: Store, endpoint_id: str) -> None:
    """Forget that the endpoint was failing."""
    private = store.private(endpoint_id)
    if private.pop("failing_since", None) is not None:
        store.set_private(endpoint_id, private)


def note_failure(store: Store, endpoint_id: str, now: int, disable_after: int | None) -> None:
    """Disable an endpoint that has answered nothing well for that many seconds of business time.

    Stripe writes of "multiple days in a row" (docs.stripe.com/webhooks) and its mails name nine.
    """
    endpoint, private = store.get("webhook_endpoint", endpoint_id), store.private(endpoint_id)
    if endpoint is None:
        return
    since = private.setdefault("failing_since", now)
    store.set_private(endpoint_id, private)
    if disable_after is not None and now - since >= disable_after:
        store.replace({**endpoint, "status": "disabled"})
