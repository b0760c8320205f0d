"""Each page of /admin as it stands in a real browser, judged: what axe finds by day and by night, and the phone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.admin.walk import Stop, enter, meet_company, send_a_list, walk
from tests.browser.conftest import serve_demo
from tests.browser.test_accessibility import on_both_screens

ENOUGH = 2
"""Pages of a kind that axe looks at; the others are opened."""


@dataclass(frozen=True)
class Judged:
    """One page on the way, and what is wrong with it."""

    stop: Stop
    is_looked_at: bool
    """False for what is no page, and for the third of a kind."""
    violations: dict[str, list[str]] = field(default_factory=dict)
    """What axe found, by screen."""
    is_too_wide: bool = False
    """For a phone of 390 px."""


def judged_pages(browser: Browser, folder: Path) -> Iterator[Judged]:
    """Walk over every page of a demo's /admin as its admin, after readers have come and a list was sent."""
    with serve_demo(folder, "--company") as demo:
        page = browser.new_context(base_url=demo.address).new_page()
        enter(page)
        meet_company(page)
        send_a_list(page)
        yield from _judge_all(page)
        page.context.close()


def _judge_all(page: Page) -> Iterator[Judged]:
    seen = Counter[str]()
    for stop in walk(page):
        seen[stop.name] += 1
        is_looked_at = stop.is_page and seen[stop.name] <= ENOUGH
        yield _judged(page, stop) if is_looked_at else Judged(stop, is_looked_at)


def _judged(page: Page, stop: Stop) -> Judged:
    violations = on_both_screens(page)
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return Judged(stop, True, violations, is_too_wide=bool(too_wide))
