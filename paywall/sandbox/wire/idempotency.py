"""Idempotency keys: one key is one request, answered the same for 24 hours, never worked on twice at once."""

import hashlib
import json
import os
from dataclasses import dataclass
from uuid import uuid4

from paywall.sandbox.state.errors import ApiError, invalid
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store

KEPT_SECONDS = 86_400
_LONGEST = 255
_PROCESS = uuid4().hex  # tells this run from an earlier one that had the same process number
_UNSTORED = {401, 409, 429}
_STORED_BELOW = 500


@dataclass(frozen=True)
class Answer:
    """A status and a body, and the id of the request that first got them."""

    status: int
    body: Json
    request_id: str
    replayed: bool = False


@dataclass(frozen=True)
class Claim:
    """The right to work under a key; only its owner may store the answer."""

    key: str
    owner: str


def fingerprint(method: str, path: str, form: Json) -> str:
    """Return what must be equal for two requests to be the same."""
    return hashlib.sha256(json.dumps([method, path, form], sort_keys=True).encode()).hexdigest()


def begin(store: Store, key: str, mark: str, now: int) -> Claim | Answer:
    """Claim the key, or return its stored answer; raises on other parameters and concurrent use. In a transaction."""
    if len(key) > _LONGEST:
        raise invalid(f"The idempotency key must be at most {_LONGEST} characters long.")
    store.execute("DELETE FROM idempotency WHERE begun_at <= ?", (now - KEPT_SECONDS,))
    rows = store.execute("SELECT * FROM idempotency WHERE key = ?", (key,))
    if not rows:
        claim = Claim(key, _new_owner())
        store.execute(
            "INSERT INTO idempotency (key, fingerprint, begun_at, owner) VALUES (?, ?, ?, ?)",
            (key, mark, now, claim.owner),
        )
        return claim
    if rows[0]["fingerprint"] != mark:
        raise _other_parameters(key)
    if rows[0]["status"] is None:
        return _take_over(store, key, rows[0]["owner"])
    return Answer(rows[0]["status"], json.loads(rows[0]["body"]), rows[0]["request_id"], replayed=True)


def _new_owner() -> str:
    return f"{os.getpid()}:{_PROCESS}:{uuid4().hex}"


def _take_over(store: Store, key: str, owner: str) -> Claim:
    """Return the claim of a process that died at work; a key that is truly being worked under raises."""
    if _is_alive(owner):
        raise _in_use(key)
    claim = Claim(key, _new_owner())
    store.execute("UPDATE idempotency SET owner = ? WHERE key = ?", (claim.owner, key))
    return claim


def _is_alive(owner: str) -> bool:
    process, run, _ = owner.split(":")
    if int(process) == os.getpid():
        return run == _PROCESS
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def finish(store: Store, claim: Claim, answer: Answer, *, validation: bool = False) -> None:
    """Store the answer, or free the key where Stripe would let the caller try again. In a transaction."""
    if validation or answer.status in _UNSTORED or answer.status >= _STORED_BELOW:
        store.execute("DELETE FROM idempotency WHERE key = ? AND owner = ?", (claim.key, claim.owner))
        return
    store.execute(
        "UPDATE idempotency SET status = ?, body = ?, request_id = ? WHERE key = ? AND owner = ?",
        (answer.status, json.dumps(answer.body), answer.request_id, claim.key, claim.owner),
    )


def _other_parameters(key: str) -> ApiError:
    return ApiError(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        type="idempotency_error",
    )


def _in_use(key: str) -> ApiError:
    return ApiError(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
    )
