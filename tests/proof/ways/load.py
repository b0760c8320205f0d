"""Readers who go on reading, each in a thread, while something is taken away and comes back."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Protocol

import httpx

from tests.browser.embed.paper import canary
from tests.proof.ways.newspaper import ALLOWANCE, Account, Newspaper, keys
from tests.proof.ways.people import reads
from tests.proof.ways.ways import Way

PATIENCE_SECONDS = 2.0
"""The script's own, for the check."""
ALL = (*keys("registered"), *keys("metered"), *keys("subscribers"))


class Reading(Protocol):
    """Asks for an article once; True where all of it was shown, None where what came was no page."""

    def __call__(self, key: str) -> bool | None: ...


def page_of(browser: httpx.Client) -> Reading:
    """Read an article's page in a browser."""

    def read(key: str) -> bool | None:
        answer = browser.get(f"/articles/{key}")
        return canary(key) in answer.text if answer.status_code == 200 else None

    return read


def anew(paper: Newspaper, way: Way) -> Reading:
    """Read as somebody who has never been there, each time."""

    def read(key: str) -> bool | None:
        with way.browser(paper) as browser:
            return page_of(browser)(key)

    return read


def by_script(paper: Newspaper, way: Way, account: Account) -> Reading:
    """Do as the script tag does: ask the check, keep its pass, fetch the rest of the text by the pass at hand."""
    site, held = way.browser(paper), {"pass": ""}
    headers = {"Authorization": f"Bearer {paper.page_key}", "Origin": paper.address(way.name)}

    def read(key: str) -> bool | None:
        try:
            said = account.there.post("/v1/check", json={"article": key}, headers=headers, timeout=PATIENCE_SECONDS)
            held["pass"] = said.json()["pass"] or ""
        except (httpx.HTTPError, json.JSONDecodeError, KeyError):
            pass
        answer = site.get(f"/content/{key}", headers={"Authorization": f"Bearer {held['pass'] or 'none'}"})
        return canary(key) in answer.text if answer.status_code in (200, 403) else None

    return read


@dataclass
class Reader:
    """One who goes on reading these articles; `is_payer` must see all, others nothing."""

    read: Reading
    articles: tuple[str, ...]
    is_payer: bool
    every_seconds: float
    seen: list[tuple[float, str, bool | None]] = field(default_factory=list)
    """When it was asked (monotonic), for what, and what came."""

    def go_on(self, until: Event) -> None:
        """Read in no order until told to stop."""
        chance = random.Random(id(self))
        while not until.wait(self.every_seconds * chance.uniform(0.5, 1.5)):
            key, asked_at = chance.choice(self.articles), time.monotonic()
            try:
                self.seen.append((asked_at, key, self.read(key)))
            except httpx.HTTPError:
                self.seen.append((asked_at, key, None))


class Crowded:
    """Readers at work, from the moment they are added."""

    def __init__(self) -> None:
        self._end, self._threads = Event(), list[Thread]()

    def add(self, reader: Reader) -> Reader:
        self._threads.append(Thread(target=reader.go_on, args=(self._end,), daemon=True))
        self._threads[-1].start()
        return reader

    def end(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()


def payer(read: Reading, every_seconds: float) -> Reader:
    """Somebody who has paid, and has read before."""
    assert read("subscribers-0"), "a payer must have read before"
    return Reader(read, ALL, is_payer=True, every_seconds=every_seconds)


def newcomer(paper: Newspaper, way: Way, every_seconds: float) -> Reader:
    """Visitors who were never there, asking for what no visitor may read."""
    locked = (*keys("registered"), *keys("subscribers"))
    return Reader(anew(paper, way), locked, is_payer=False, every_seconds=every_seconds)


def spent(paper: Newspaper, way: Way, every_seconds: float) -> Reader:
    """A visitor past the allowance, asking for further metered articles."""
    browser = way.browser(paper)
    for key in keys("metered")[:ALLOWANCE]:
        assert reads(browser, key), f"{key} must open once by way of {way.title}"
    return Reader(page_of(browser), tuple(keys("metered", ALLOWANCE)), is_payer=False, every_seconds=every_seconds)


def seconds_until(is_so: Callable[[], bool], patience: float = 30) -> float:
    """Return how many seconds it took until something was so; raises AssertionError after so many."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() < began + patience, "all is not as before"
        time.sleep(0.1)
    return time.monotonic() - began
