"""What a publisher has settled for the articles of one section, put together once and used on every request."""

from datetime import UTC, datetime

from paywall.meter.windows import Window, WindowRule, window_at
from paywall.publishers.rules import Profile

DEFAULT_CAP_FACTOR = 20
"""Distinct articles per network, as a multiple of the allowance, while views are counted in memory alone."""


class Terms:
    """The meter, allowances and wall settings of one section. Thrown away with the profile it was made from."""

    def __init__(self, profile: Profile, section_slug: str) -> None:
        self.profile = profile
        self.registration_wall = profile.registration_wall
        self._section_slug = section_slug
        section = profile.section(section_slug)
        self._may_be_lifted = bool(profile.wall_lifted_until or (section and section.wall_lifted_until))
        meter = profile.meter_for(section_slug)
        self.visitor_allowance, self.reader_allowance = meter.visitor_allowance, meter.reader_allowance
        self._rule = WindowRule(meter.window_kind, meter.rolling_days, profile.timezone)
        self._window = window_at(self._rule, datetime.fromtimestamp(0, UTC))
        self._counted_as = f"p{profile.id}:m{meter.id}:"

    def wall_is_lifted(self, now: datetime) -> bool:
        """Tell whether the wall is lifted at `now`, for the site or for this section."""
        return self._may_be_lifted and self.profile.wall_is_lifted(self._section_slug, now)

    def window(self, now: datetime) -> Window:
        """Return the meter's window at `now`; a calendar window is worked out once."""
        kept = self._window
        if kept.lasts is None and kept.starts_at <= now < kept.resets_at:
            return kept
        self._window = window_at(self._rule, now)
        return self._window

    def counted_as(self, who: str) -> str:
        """Return the meter's name for somebody: `r7`, `v…` or `n…` of this publisher and meter."""
        return self._counted_as + who

    def network_cap(self, *, is_degraded: bool) -> int | None:
        """Return how many distinct articles one network may newly open; None: as many as it likes.

        While views are counted in memory alone there is always a cap.
        """
        factor = self.profile.network_cap_factor
        if factor is None and is_degraded:
            factor = DEFAULT_CAP_FACTOR
        return None if factor is None else factor * self.visitor_allowance


class TermsBook:
    """The terms of every section that was asked for, in this process's memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str], Terms] = {}

    def of(self, profile: Profile, section_slug: str) -> Terms:
        """Return the terms; they are made anew when the profile was replaced by a newer one."""
        kept = self._kept.get((profile.id, section_slug))
        if kept is None or kept.profile is not profile:
            kept = self._kept[profile.id, section_slug] = Terms(profile, section_slug)
        return kept
