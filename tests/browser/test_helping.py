"""A reader says "I paid and cannot read": how support finds out why and helps, in a real browser without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.admin_walk import enter
from tests.browser.conftest import SCREENSHOTS
from tests.browser.demo import Demo
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
LOOKS = (("light", 1280), ("dark", 1280), ("light", 390))


@pytest.fixture
def pages(browser: Browser, demo: Demo) -> Iterator[list[Page]]:
    """The browsers of the reader, at work and at home, and that of support."""
    made = [browser.new_context(base_url=demo.address, java_script_enabled=False) for _ in range(3)]
    for context in made:
        context.set_default_timeout(15_000)
    yield [context.new_page() for context in made]
    for context in made:
        context.close()


def look(page: Page, name: str) -> None:
    """Keep pictures, and see that nothing runs over the edge of a phone."""
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"helping-{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def verdict(page: Page) -> str:
    return page.locator(".verdict").inner_text()


def test_who_paid_with_another_address_is_found_and_reads(pages: list[Page], demo: Demo) -> None:
    at_work, at_home, support = pages
    locked = demo.by_access("subscribers")[0]
    paying, reading = Reader(at_work, "samira.work@example.org"), Reader(at_home, "samira.home@example.org")
    paying.page.goto("/signup")
    paying.signs_up()
    paying.page.goto("/subscribe")
    paying.chooses_monthly()
    paying.pays()
    assert paying.state().startswith("You subscribe monthly")
    reading.page.goto("/signup")
    reading.signs_up()
    reading.opens(locked)
    assert reading.is_invited()

    enter(support)
    support.get_by_role("searchbox").fill("samira")
    support.keyboard.press("Enter")
    look(support, "found")
    assert support.get_by_role("table", name="Subscribers").locator("tbody tr").count() == 2
    support.get_by_role("link", name=reading.email, exact=True).click()
    assert verdict(support).startswith("May not read Nothing lets this reader in: no subscription was ever bought")
    look(support, "shut-out")
    support.get_by_role("link", name="Explain what this reader may read").click()
    assert locked.title in support.get_by_role("heading", level=2).first.inner_text()
    assert "It needs a subscription, and nothing lets this reader in." in verdict(support)
    look(support, "explained")

    opens_the_page_of(support, paying)
    assert "A subscription lets this reader in until" in verdict(support)
    look(support, "paying")

    opens_the_page_of(support, reading)
    support.get_by_label("A note for your colleagues").fill("Paid as samira.work, reads as samira.home.")
    support.get_by_role("button", name="Keep the note").click()
    assert "Paid as samira.work" in support.locator(".notes").inner_text()
    support.get_by_role("link", name="Give a comp").click()
    support.get_by_label("Reason").fill("Paid with another address")
    support.get_by_role("button", name="Give the comp").click()
    assert "A comp lets this reader in free of charge until" in verdict(support)
    look(support, "helped")
    reading.opens(locked)
    assert reading.reads_whole(locked)


def opens_the_page_of(support: Page, reader: Reader) -> None:
    support.goto(f"/admin/subscribers?q={reader.email}")
    support.get_by_role("link", name=reader.email, exact=True).click()
