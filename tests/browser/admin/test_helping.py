"""A reader says "I paid and cannot read": how support finds out why and helps, in a real browser without scripts."""

import pytest
from playwright.sync_api import Page

from tests.browser.admin.looking import look
from tests.browser.admin.walk import enter
from tests.browser.demo import Demo
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser


def verdict(page: Page) -> str:
    return page.locator(".verdict").inner_text()


def test_who_paid_with_another_address_is_found_and_reads(pages: list[Page], own_demo: Demo) -> None:
    at_work, at_home, support = pages
    locked = own_demo.by_access("subscribers")[0]
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
    support.get_by_role("table", name="Subscribers").wait_for()
    look(support, "helping-found")
    assert support.get_by_role("table", name="Subscribers").locator("tbody tr").count() == 2
    support.get_by_role("link", name=reading.email, exact=True).click()
    assert verdict(support).startswith("May not read Nothing lets this reader in: no subscription was ever bought")
    look(support, "helping-shut-out")
    support.get_by_role("link", name="Explain what this reader may read").click()
    waits_for_heading(support, locked.title)
    assert "It needs a subscription, and nothing lets this reader in." in verdict(support)
    look(support, "helping-explained")

    opens_the_page_of(support, paying)
    assert "A subscription lets this reader in until" in verdict(support)
    look(support, "helping-paying")

    opens_the_page_of(support, reading)
    support.get_by_label("A note for your colleagues").fill("Paid as samira.work, reads as samira.home.")
    support.get_by_role("button", name="Keep the note").click()
    assert "Paid as samira.work" in support.locator(".notes").inner_text()
    support.get_by_role("link", name="Give a comp").click()
    support.get_by_label("Reason").fill("Paid with another address")
    support.get_by_role("button", name="Give the comp").click()
    assert "A comp lets this reader in free of charge until" in verdict(support)
    look(support, "helping-helped")
    reading.opens(locked)
    assert reading.reads_whole(locked)


def waits_for_heading(page: Page, title: str) -> None:
    """Look again until it is there: where a door stayed shut is written down every two seconds."""
    heading = page.get_by_role("heading", level=2).first
    for _ in range(100):
        if title in heading.inner_text():
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"{title} is not explained")


def opens_the_page_of(support: Page, reader: Reader) -> None:
    support.goto(f"/admin/subscribers?q={reader.email}")
    support.get_by_role("link", name=reader.email, exact=True).click()
