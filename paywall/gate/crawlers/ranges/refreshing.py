"""Fetching what operators publish, and keeping it: over https, within limits, and only what makes sense."""

import time
from datetime import datetime
from typing import NamedTuple

import httpx
from sqlalchemy.orm import Session

from paywall import changes
from paywall.changes import ChangeKind
from paywall.errors import Unavailable
from paywall.gate.crawlers.ranges.reading import MOST_BYTES, RangesRefused, read_ranges
from paywall.gate.crawlers.ranges.sets import Range
from paywall.gate.crawlers.ranges.tables import FetchedRanges
from paywall.gate.crawlers.rules import Operator

TIMEOUT = httpx.Timeout(10, connect=5)
TOTAL_SECONDS = 30
_ASKED = {"Accept": "application/json", "Accept-Encoding": "identity"}
OF_EVERY_PUBLISHER = 0
"""What a change is recorded under that is nobody's alone."""


class NotFetched(Unavailable):
    """The operator's file can't be fetched just now."""

    code = "not_fetched"


class Difference(NamedTuple):
    """What a new list has, and has not, beside the one that holds."""

    added: tuple[Range, ...]
    removed: tuple[Range, ...]


def fetch(url: str, client: httpx.Client) -> tuple[Range, ...]:
    """Return the ranges published at an https address; raises NotFetched or RangesRefused. Follows no redirect."""
    if not url.startswith("https://"):
        raise RangesRefused("Ranges are fetched over https only.")
    try:
        with client.stream("GET", url, headers=_ASKED) as answer:
            return read_ranges(_body(answer))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched(f"{url} can't be fetched: {type(error).__name__}.") from error


def _body(answer: httpx.Response) -> bytes:
    if answer.status_code != 200:
        raise NotFetched(f"{answer.url} answers {answer.status_code}.")
    body, end = bytearray(), time.monotonic() + TOTAL_SECONDS
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise RangesRefused("The file is far too large to be a list of ranges.")
        if time.monotonic() > end:
            raise NotFetched(f"{answer.url} takes longer than {TOTAL_SECONDS} seconds.")
    return bytes(body)


def compare(held: tuple[Range, ...], fetched: tuple[Range, ...]) -> Difference:
    """Return what is new in `fetched`, and what is gone."""
    old, new = set(held), set(fetched)
    return Difference(tuple(one for one in fetched if one not in old), tuple(one for one in held if one not in new))


def keep(session: Session, operator: Operator, ranges: tuple[Range, ...], source: str, now: datetime) -> None:
    """Keep ranges in the place of those fetched before, at wall time `now`; every process hears of it."""
    row = FetchedRanges(operator=operator.name, ranges=[str(one) for one in ranges], source=source, fetched_at=now)
    session.merge(row)
    changes.record(session, OF_EVERY_PUBLISHER, ChangeKind.CRAWLER_RANGES, operator.name)
