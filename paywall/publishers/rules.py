"""What a publisher has decided, as plain values: safe to keep in memory and to hand to the gate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LANGUAGES = (("en", "English"), ("az", "Azerbaijani"), ("ru", "Russian"))
"""Those in which a newspaper may write its mails, and its amounts and dates."""


class WindowKind(StrEnum):
    """The stretch of time in which distinct articles are counted."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True)
class MeterRules:
    """A named meter: how many distinct articles, in which window. An allowance of 0 is a hard wall."""

    id: int
    name: str
    visitor_allowance: int
    reader_allowance: int
    window_kind: WindowKind
    rolling_days: int | None


@dataclass(frozen=True, slots=True)
class SectionRules:
    """A section of the paper: which meter counts its articles, and until when its wall is lifted."""

    slug: str
    name: str
    description: str
    meter_id: int | None
    wall_lifted_until: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """The words a reader meets at the end of a preview; the publisher's own."""

    headline: str
    text: str
    button: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a publisher has set, as one value. Replaced, never changed, when a setting changes."""

    id: int
    slug: str
    name: str
    description: str
    timezone: str
    language: str
    accent: str
    """A CSS hex colour for what can be clicked."""
    contact_email: str
    hosts: tuple[str, ...]
    """Host names with port where it is not the scheme's own, lower case; the first is canonical."""
    registration_wall: bool
    """True: metered articles need an account."""
    wall_lifted_until: datetime | None
    """Breaking news: until then the whole site is open."""
    network_cap_factor: int | None
    """Distinct articles per network and browser, as a multiple of the visitors' allowance; None switches it off."""
    preview_words: int
    invitation: Invitation
    default_meter: MeterRules
    meters: tuple[MeterRules, ...]
    sections: tuple[SectionRules, ...]
    sites: tuple[str, ...] = ()
    """Origins of the sites that the publisher has elsewhere."""
    edge_secret_number: int = 0
    """How many secrets for the edge were given up before the one that holds."""
    crawlers: Mapping[str, str] = field(default_factory=dict)
    """What crawlers get, by their names, where the publisher has said: `full` or `preview`."""

    def section(self, slug: str) -> SectionRules | None:
        """Return the section of that slug, if there is one."""
        return next((section for section in self.sections if section.slug == slug), None)

    def meter_for(self, section_slug: str) -> MeterRules:
        """Return the meter that counts a section's articles: its own, else the default one."""
        section = self.section(section_slug)
        wanted = section.meter_id if section else None
        return next((meter for meter in self.meters if meter.id == wanted), self.default_meter)

    def wall_is_lifted(self, section_slug: str, now: datetime) -> bool:
        """Tell whether the wall is lifted just now, for the whole site or for that section."""
        section = self.section(section_slug)
        ends = (self.wall_lifted_until, section.wall_lifted_until if section else None)
        return any(end is not None and now < end for end in ends)
