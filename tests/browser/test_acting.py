"""Somebody at the newspaper helps a reader, in a real browser: finds her, sees why, does it, and it holds at once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.admin_walk import enter
from tests.browser.conftest import SCREENSHOTS, serve_demo
from tests.browser.demo import Demo, DemoArticle
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
PROMISED_SECONDS = 5
"""So soon what is taken away is gone, in every process."""
LOOKS = (("light", 1280), ("dark", 1280), ("light", 390))


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with serve_demo(tmp_path_factory.mktemp("acting")) as demo:
        yield demo


@pytest.fixture
def pages(browser: Browser, own_demo: Demo) -> Iterator[list[Page]]:
    """The reader's browser and that of the staff, without scripts."""
    made = [browser.new_context(base_url=own_demo.address, java_script_enabled=False) for _ in range(2)]
    yield [context.new_page() for context in made]
    for context in made:
        context.close()


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


def look(page: Page, name: str) -> None:
    """Keep pictures, where somebody asked for them."""
    if not SCREENSHOTS:
        return
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(SCREENSHOTS) / f"acting-{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


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
    look(staff, "refund")
    staff.get_by_label("Reason").fill("Asked for by telephone")
    staff.get_by_role("button", name="Give the money back").click()
    assert "given back" in staff.locator(".notice").first.inner_text()
    time.sleep(PROMISED_SECONDS)
    reader.opens(article)
    assert not reader.reads_whole(article)

    finds(staff, reader.email)
    look(staff, "dossier")
    does(staff, "Give a comp", "Give the comp", days="7", reason="It was our mistake")
    assert "reads free of charge until" in staff.locator(".notice").first.inner_text()
    reader.opens(article)
    assert reader.reads_whole(article)
