"""The same question answered the long way: a real gate with a real meter, asked once more for every view."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from paywall.articles.rules import AccessLevel, ArticleCard, Schedule
from paywall.entitlements.rules import Standing
from paywall.gate.access import Gate, Who
from paywall.gate.decision import Reason
from paywall.gate.metering import GateMeter
from paywall.gate.rights import NO_RIGHT, Right
from paywall.meter.engines import open_store
from paywall.meter.windows import WindowRule, window_at
from paywall.publishers.rules import MeterRules, Profile

DOWN = {Reason.DATABASE_UNAVAILABLE, Reason.METER_UNAVAILABLE}
OF_VISITORS = (
    Reason.METERED, Reason.METERED, Reason.METER_USED_UP, Reason.SUBSCRIPTION_REQUIRED, Reason.REGISTRATION_REQUIRED,
    Reason.FREE_ARTICLE, Reason.GIFT_LINK, Reason.DATABASE_UNAVAILABLE,
)  # fmt: skip
OF_READERS = (
    Reason.METERED, Reason.METERED, Reason.METER_USED_UP, Reason.SUSPENDED, Reason.SUBSCRIBED, Reason.IN_GRACE,
    Reason.COMP, Reason.FREE_ARTICLE,
)  # fmt: skip
_LONG_AGO = Schedule(datetime(2020, 1, 1, tzinfo=UTC))
_FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """One view: `at` is an epoch second; even holders are readers."""

    holder: int
    at: int
    article: int
    reason: Reason

    @property
    def is_reader(self) -> bool:
        return self.holder % 2 == 0


class Expected(NamedTuple):
    walls: int
    walled: int


def expected(
    profile: Profile, rule: WindowRule, seen: Sequence[Seen], allowance: int, since: int, *, readers: bool
) -> Expected:
    """Return what an allowance would have shown to readers, or to visitors."""
    gate = Gate(GateMeter(open_store("memory://")), lambda *_: NO_RIGHT)
    profile = _with(profile, rule, allowance)
    filled_from = window_at(rule, datetime.fromtimestamp(since, UTC)).starts_at.timestamp()
    walls, walled = 0, set()
    for view in sorted(seen, key=lambda one: one.at):
        if view.is_reader is not readers or view.reason in DOWN or view.at < filled_from:
            continue
        if not _opens(gate, profile, view) and view.at >= since:
            walls += 1
            walled.add(view.holder)
    return Expected(walls, len(walled))


def _with(profile: Profile, rule: WindowRule, allowance: int) -> Profile:
    meter = MeterRules(profile.default_meter.id, "m", allowance, allowance, rule.kind, rule.days)
    return replace(profile, timezone=rule.timezone, default_meter=meter, meters=(meter,), network_cap_factor=None)


def _opens(gate: Gate, profile: Profile, view: Seen) -> bool:
    now, reason = datetime.fromtimestamp(view.at, UTC), view.reason
    if reason is Reason.REGISTRATION_REQUIRED:
        profile = replace(profile, registration_wall=True)
    if reason is Reason.FREE_ARTICLE:
        profile = replace(profile, wall_lifted_until=_FOR_EVER)
    card = ArticleCard(view.article, profile.id, f"a{view.article}", "a", "news", AccessLevel.METERED, _LONG_AGO, "")
    return gate.check_access(profile, card, _who(view), counts=True, now=now).decision.is_full


def _who(view: Seen) -> Who:
    if not view.is_reader:
        return Who(f"v{view.holder}", proof=Reason.GIFT_LINK if view.reason is Reason.GIFT_LINK else None)
    held = next((one for one in Standing if one.value == view.reason.value), None)
    right = Right(held, is_suspended=view.reason is Reason.SUSPENDED, valid_until=_FOR_EVER if held else None)
    return Who(f"r{view.holder}", view.holder + 1, right)


A_DAY = int(timedelta(days=1).total_seconds())
