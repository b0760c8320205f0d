"""Somebody at the newspaper helps a reader, in a real browser: finds her, sees why, does it, and it holds at once."""

import time

import pytest
from playwright.sync_api import Page

from tests.browser.admin.looking import look
from tests.browser.admin.walk import enter
from tests.browser.demo import Demo, DemoArticle
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
PROMISED_SECONDS = 5
"""So soon what is taken away is gone, in every process."""


def subscribes(reader: Reader, article: DemoArticle) -> None:
    reader.opens(article)
    reader.page.locator(".invitation").get_by_role("link", name="Subscribe").click()
    reader.page.get_by_role("button", name="Subscribe by the month").first.click()
    reader.page.get_by_role("link", name="Create an account").click()
    reader.signs_up()
    reader.chooses_monthly()
    reader.pays()


def finds(staff: Page, email: str) -> None:
    """Find a reader by the search box that is on every page, and open the dossier."""
    staff.get_by_placeholder("Find a reader").fill(email)
    staff.get_by_placeholder("Find a reader").press("Enter")
    staff.locator("main table").get_by_role("link", name=email).click()


def does(staff: Page, act: str, button: str, **blanks: str) -> None:
    """Choose an act in the dossier, fill its blanks in, and press the one button."""
    staff.get_by_role("link", name=act, exact=True).click()
    for label, value in blanks.items():
        staff.get_by_label(label.replace("_", " ").capitalize()).fill(value)
    staff.get_by_role("button", name=button).click()


def test_money_given_back_locks_the_reader_out_within_five_seconds_and_a_comp_lets_her_in(
    pages: list[Page], own_demo: Demo
) -> None:
    article, reader, staff = own_demo.by_access("subscribers")[0], Reader(pages[0]), pages[1]
    subscribes(reader, article)
    assert reader.reads_whole(article)

    enter(staff)
    finds(staff, reader.email)
    does(staff, "Give money back", "Show what it does")
    assert "is locked out at once" in staff.locator("main").inner_text()
    look(staff, "acting-refund")
    staff.get_by_label("Reason").fill("Asked for by telephone")
    staff.get_by_role("button", name="Give the money back").click()
    assert "given back" in staff.locator(".notice").first.inner_text()
    time.sleep(PROMISED_SECONDS)
    reader.opens(article)
    assert not reader.reads_whole(article)

    finds(staff, reader.email)
    look(staff, "acting-dossier")
    does(staff, "Give a comp", "Give the comp", days="7", reason="It was our mistake")
    assert "reads free of charge until" in staff.locator(".notice").first.inner_text()
    reader.opens(article)
    assert reader.reads_whole(article)

    staff.goto("/admin/subscribers")
    staff.get_by_label(f"Tick {reader.email}").check()
    look(staff, "acting-ticking")
    staff.get_by_role("button", name="Do something for the ticked ones").click()
    staff.get_by_label("What").select_option(label="Sign out everywhere")
    staff.get_by_role("button", name="Show what happens").click()
    look(staff, "acting-ticked")
    assert reader.email in staff.get_by_role("table", name="Ticked readers").inner_text()
    staff.get_by_role("button", name="Do it to 1 reader").click()
    assert "Done to 1." in staff.locator("main").inner_text()
