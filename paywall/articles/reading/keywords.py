"""Tags out of feeds, which were never written for us: what is too long or too much is left out, and no item for it."""

from collections.abc import Iterable
from itertools import islice

from paywall.articles.rules import LONGEST_TAG, MOST_TAGS


def kept_tags(found: Iterable[str]) -> tuple[str, ...] | None:
    """Return the first twenty tags that can be kept; None where there is none: a feed may leave them out."""
    kept = (tag for tag in dict.fromkeys(one.strip() for one in found) if 0 < len(tag) <= LONGEST_TAG)
    return tuple(islice(kept, MOST_TAGS)) or None
