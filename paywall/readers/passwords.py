"""Passwords: which are taken, and how they are hashed without starving everybody who only reads.

argon2id with 19 MiB and two passes takes a core for some 30 ms. So only a few are hashed at a time, some more wait
for their turn, and whoever comes on top is asked to come back: a flood of sign-ins holds a bounded number of threads.
Hash only while no transaction is open: neither the writer lock nor a pooled connection may wait for a hash.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from paywall.errors import BadInput, Unavailable

SHORTEST, LONGEST = 8, 1024
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$u6kqo7/k7fyh/jzflfqJ8w$FTE2WGnbUOsFkDV2LG9/xo2YaQ0iTA3gPzlGX7saH9M"
"""The hash of a password that nobody knows: checked where there is no account, so that both answers cost the same."""


class TooManyWaiting(Unavailable):
    """Many people are signing in just now. Try again in a moment."""

    code = "sign_in_busy"
    retry_after = 5


class HashingPool:
    """Lets so many hash at a time and so many wait; fewer threads than `turns + waiting` serve nobody but sign-ins."""

    def __init__(self, turns: int, waiting: int, patience_seconds: float = 10) -> None:
        self._places = threading.BoundedSemaphore(turns + waiting)
        self._turns = threading.BoundedSemaphore(turns)
        self._patience = patience_seconds

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it; raises TooManyWaiting if there is no place left to wait."""
        if not self._places.acquire(blocking=False):
            raise TooManyWaiting
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise TooManyWaiting
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


pool = HashingPool(turns=2, waiting=18)


def check_new_password(password: str, field: str = "password") -> None:
    """Raise BadInput unless this may become a password: any 8 to 1,024 characters, spaces and emoji included."""
    if not password:
        raise BadInput(field, "Choose a password.")
    if len(password) < SHORTEST:
        raise BadInput(field, f"Use at least {SHORTEST} characters.")
    if not _is_hashable(password):
        raise BadInput(field, f"Use at most {LONGEST:,} characters, all of them letters, digits, signs or spaces.")


def hash_password(password: str) -> str:
    """Return the hash to keep; takes some 30 ms of a core. Raises TooManyWaiting."""
    with pool.turn():
        return _hasher.hash(_normalized(password))


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether `password` belongs to the kept hash; takes as long if there is none. Raises TooManyWaiting."""
    readable = _is_hashable(password)
    with pool.turn():
        try:
            _hasher.verify(kept or _NOBODYS, _normalized(password) if readable else "")
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept) and readable


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(kept)


def _is_hashable(password: str) -> bool:
    return len(password) <= LONGEST and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in password)


def _normalized(password: str) -> bytes:
    """Return the bytes to hash: the same for one password typed on different keyboards."""
    return unicodedata.normalize("NFKC", password).encode()
