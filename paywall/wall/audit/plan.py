"""What an operator asks for: the address, the text that must not be found, and how much may be asked."""

from dataclasses import dataclass, field
from functools import cached_property

from paywall.wall.audit.asking.fetching import Limits
from paywall.wall.audit.asking.site import Site, site_of
from paywall.wall.audit.looking.prose import sentences
from paywall.wall.traces import letters

SHORTEST_CANARY = 8
VIEWS = 20


class BadPlan(ValueError):
    """The audit can't be made as it was asked for; the sentence says why."""


@dataclass(frozen=True)
class Plan:
    """One audit. Raises BadPlan where it can't be made.

    `views` other articles are opened to use up a visitor's free views. `cookie` is the entitled reader's Cookie header:
    it goes to the named host alone and is never told.
    """

    address: str
    canaries: tuple[str, ...] = ()
    cookie: str = field(default="", repr=False)
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    views: int = VIEWS
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        site = self.site
        for url in self.feeds + self.sitemaps:
            if not site.has(url):
                raise BadPlan(f"{url} is not on {site.host}: nothing else is asked")
        for canary in self.canaries:
            if len(letters(canary)) < SHORTEST_CANARY:
                raise BadPlan(f"“{canary}” is too short to be told from chance: give a sentence of the locked part")
        if not self.cookie.isprintable():
            raise BadPlan("a cookie is one line")

    @cached_property
    def site(self) -> Site:
        """The site, and the article there."""
        try:
            return site_of(self.address)
        except ValueError as error:
            raise BadPlan(str(error)) from None

    @property
    def sentences(self) -> tuple[str, ...]:
        """The canaries, long ones as their sentences."""
        return tuple(dict.fromkeys(one for canary in self.canaries for one in sentences(canary) or [canary]))
