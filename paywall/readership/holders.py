"""Who viewed, as a number that leads back to nobody: a digest under a key that the database does not have.

The meter's own digests have no key, and whoever has the database could try all readers' numbers against them.
"""

import hmac
from hashlib import blake2b

from paywall.gate.terms import TermsBook
from paywall.publishers.rules import Profile

MOST = 2**63
"""Holders are below."""


class Holders:
    """Turns names into holders. Safe to share between threads."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"paywall readership", "sha256")
        self._terms = TermsBook()

    def of(self, profile: Profile, section: str, who: str) -> int:
        """Return the holder for the meter's name of somebody (`r7`, `v…`), on the meter that counts the section."""
        return self.digest(self._terms.of(profile, section).counted_as(who))

    def all_of(self, profile: Profile, who: str) -> frozenset[int]:
        """Return every holder that stands for somebody, one on each of the publisher's meters."""
        sections = ("", *(section.slug for section in profile.sections))
        known = {self.of(profile, section, who) for section in sections}
        return frozenset(known | {self.digest(f"p{profile.id}:m{meter.id}:{who}") for meter in profile.meters})

    def digest(self, name: str) -> int:
        """Return a number for a name: always the same, below 2**63."""
        return int.from_bytes(blake2b(name.encode(), key=self._key, digest_size=8).digest(), "big") >> 1
