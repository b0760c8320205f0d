"""Views without names, as the readership keeps them: person by person, each held to the meter's allowance."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from paywall.demo.scale.size import Size
from paywall.gate.decision import Reason
from paywall.meter.windows import WindowRule
from paywall.publishers.rules import Profile
from paywall.readership.days import Counts
from paywall.readership.holders import MOST
from paywall.readership.replaying.rules import Windows
from paywall.readership.rules import number_of

COLUMNS = ("publisher_id", "meter_id", "holder", "is_reader", "article_id", "outcome", "referrer_host", "at")
Row = tuple[int, int, int, bool, int, int, str | None, int]
_LENGTH = timedelta(days=30)
_A_DAY = 24 * 60 * 60
_USUAL_VIEWS = 7
"""Of one person in that time; many have fewer, some far more."""
_READERS = 0.2
_SUBSCRIBERS = 0.3
_HOSTS = (None, "www.search.example", "social.example", "news.courier.test")
_HOW_OFTEN = tuple(accumulate((50, 25, 15, 10)))
_SIGN_UPS, _CHECKOUTS, _PAID = 0.01, 0.3, 0.7
_METERED, _USED_UP, _SUBSCRIBED = (
    number_of(reason) for reason in (Reason.METERED, Reason.METER_USED_UP, Reason.SUBSCRIBED)
)


@dataclass(slots=True)
class Made:
    """What has been made so far, counted as the readership counts it: by day with article, and with host."""

    views: Counter[tuple[int, int, str | None]] = field(default_factory=Counter)
    walls: Counter[tuple[int, int, str | None]] = field(default_factory=Counter)

    def counts(self, publisher_id: int, dice: random.Random) -> Counts:
        """Return the counts of each day, and the steps that came of some walls."""
        counts = Counts()
        for (day, article_id, host), views in sorted(
            self.views.items(), key=lambda item: (*item[0][:2], item[0][2] or "")
        ):
            walls = self.walls[day, article_id, host]
            steps = _steps(dice, walls)
            counts.add(publisher_id, _day(day), article_id, host, views=views, walls=walls, **steps)
        return counts


def view_tuples(size: Size, profile: Profile, article_ids: Sequence[int], made: Made) -> Iterator[Row]:
    """Yield the rows of thirty days, one holder after the other, which indexes like best; counts them in `made`."""
    dice, left, holder = size.dice("readership"), size.views, 0
    stride = MOST // (size.views + 1)
    shares = list(accumulate(1 / (rank + 1) for rank in range(len(article_ids))))
    meter = profile.default_meter
    windows = Windows(WindowRule(meter.window_kind, meter.rolling_days, profile.timezone))
    begins, seconds = int((size.now - _LENGTH).timestamp()), int(_LENGTH.total_seconds())
    while left > 0:
        number = min(1 + int(dice.expovariate(1 / (_USUAL_VIEWS - 1))), left)
        left -= number
        holder += number * stride
        is_reader = dice.random() < _READERS
        outcome = _SUBSCRIBED if is_reader and dice.random() < _SUBSCRIBERS else None
        allowance = meter.reader_allowance if is_reader else meter.visitor_allowance
        articles = dice.choices(article_ids, cum_weights=shares, k=number)
        hosts = dice.choices(_HOSTS, cum_weights=_HOW_OFTEN, k=number)
        times = sorted(begins + int(dice.random() * seconds) for _ in range(number))
        opened: dict[int, set[int]] = defaultdict(set)
        for article_id, host, at in zip(articles, hosts, times, strict=True):
            said = outcome if outcome is not None else _said(opened[windows.start_of(at)], article_id, allowance)
            key = (at // _A_DAY, article_id, host)
            made.views[key] += 1
            if said == _USED_UP:
                made.walls[key] += 1
            yield (profile.id, meter.id, holder, is_reader, article_id, said, host, at)


def _said(opened: set[int], article_id: int, allowance: int) -> int:
    if article_id in opened:
        return _METERED
    if len(opened) >= allowance:
        return _USED_UP
    opened.add(article_id)
    return _METERED


def _steps(dice: random.Random, walls: int) -> dict[str, int]:
    """Return some steps that may have come of walls, about as often as anywhere."""
    sign_ups = int(walls * _SIGN_UPS + dice.random())
    checkouts = int(sign_ups * _CHECKOUTS + dice.random())
    return {
        "sign_ups": sign_ups,
        "checkouts": checkouts,
        "paid": int(checkouts * _PAID + dice.random() * bool(checkouts)),
    }


def _day(number: int) -> date:
    return datetime.fromtimestamp(number * _A_DAY, UTC).date()
