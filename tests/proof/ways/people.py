"""Who asks for locked articles at each of the ways in, with what their browsers have kept; and who may read them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from paywall.articles.rules import AccessLevel
from tests.browser.embed.paper import canary
from tests.proof.surfaces import CRAWLERS
from tests.proof.ways.newspaper import ALLOWANCE, Account, Newspaper, keys
from tests.proof.ways.ways import Way

_PASSES = ("pass", "paywall_pass", "paywall_edge", "paywall_edge_fresh")
_SEARCH_ENGINE = {"X-Forwarded-For": "66.249.66.1", "Referer": "https://www.google.com/"}
_PREFETCH = {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}
LOCKED = (AccessLevel.REGISTERED, AccessLevel.METERED, AccessLevel.SUBSCRIBERS)
_NOT_COUNTED = (AccessLevel.REGISTERED, AccessLevel.SUBSCRIBERS)
_READERS = (AccessLevel.METERED, AccessLevel.SUBSCRIBERS)


@dataclass(frozen=True)
class Person:
    """Somebody who may not read; `shut` are the levels that must stay so, `headers` go with every request."""

    name: str
    shut: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def articles(self) -> list[str]:
        """What must not open: of metered articles those that nobody has spent a view on."""
        return [key for level in self.shut for key in keys(level, ALLOWANCE if level == "metered" else 0)]


@dataclass
class Crowd:
    """The accounts, and what each browser keeps at each way, as a Cookie header."""

    payer: Account
    expired: Account
    refunded: Account
    kept: dict[tuple[str, str], str] = field(default_factory=dict)
    """By the name of a way and of a person."""

    def cookie(self, way: Way, name: str) -> dict[str, str]:
        return {"Cookie": self.kept[way.name, name]}

    def people(self, way: Way, *, passes_kept: bool) -> list[Person]:
        """Return everybody who may not read; whose money was given back last, with the passes they had or without."""
        spent, refunded = self.cookie(way, "spent"), self.cookie(way, "refunded")
        return [
            Person("visitor", _NOT_COUNTED),
            Person("visitor, allowance spent", LOCKED, spent),
            *(
                Person(f"spoofed {agent}", LOCKED, {**_SEARCH_ENGINE, **spent, "User-Agent": agent})
                for agent in CRAWLERS
            ),
            Person("forged prefetch", LOCKED, _PREFETCH if way.knows_prefetches else _PREFETCH | spent),
            Person("reader whose subscription has ended", _READERS, self.cookie(way, "expired")),
            Person("reader who was refunded", _READERS, refunded if passes_kept else _without_passes(refunded)),
        ]


def gather(paper: Newspaper, ways: list[Way]) -> Crowd:
    """Have all of them come, at every way; the refund is made in the end, when everything was read."""
    crowd = Crowd(paper.account(30), paper.account(-1), paper.account(30))
    with ThreadPoolExecutor(len(ways)) as pool:
        list(pool.map(lambda way: _come(paper, way, crowd), ways))
    paper.refund(crowd.refunded.email)
    _spent(ways[0].sign_in(paper, ways[0], crowd.refunded), ways[0])  # what was read by the subscription did not count
    return crowd


def _come(paper: Newspaper, way: Way, crowd: Crowd) -> None:
    for name in ("payer", "refunded"):
        browser = way.sign_in(paper, way, getattr(crowd, name))
        for level in LOCKED:
            for key in keys(level):
                assert reads(browser, key), f"{name} must read {key} by way of {way.title} before others can't"
        crowd.kept[way.name, name] = kept(browser)
    crowd.kept[way.name, "spent"] = _spent(way.browser(paper), way)
    crowd.kept[way.name, "expired"] = _spent(way.sign_in(paper, way, crowd.expired), way)


def _spent(browser: httpx.Client, way: Way) -> str:
    for key in keys("metered")[:ALLOWANCE]:
        assert reads(browser, key), f"{key} must open once by way of {way.title}"
    return kept(browser)


def reads(browser: httpx.Client, key: str) -> bool:
    """Tell whether the article's page shows all of it."""
    return canary(key) in browser.get(f"/articles/{key}").text


def kept(browser: httpx.Client) -> str:
    """Return the Cookie header of a browser."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)


def _without_passes(headers: Mapping[str, str]) -> dict[str, str]:
    """Leave the passes out: they end within five minutes."""
    cookies = [one for one in headers["Cookie"].split("; ") if one.partition("=")[0] not in _PASSES]
    return {"Cookie": "; ".join(cookies)}
