"""Going about in /admin without reloading, where the browser has scripts; and how that ends where it must."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from paywall.newsroom.assets import ASSETS
from tests.browser.admin.walk import enter
from tests.browser.conftest import serve_demo

pytestmark = pytest.mark.browser

DECISION = Path(__file__).resolve().parents[3] / "docs" / "decisions" / "htmx-is-carried-along.md"


@pytest.fixture(scope="module")
def signed_in(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The admin's browser at a demo of its own, signed in once: a code of the second factor is good for one time."""
    with serve_demo(tmp_path_factory.mktemp("going-about")) as demo:
        context = browser.new_context(base_url=demo.address)
        enter(context.new_page())
        yield context
        context.close()


@pytest.fixture
def page(browser: Browser, signed_in: BrowserContext) -> Iterator[Page]:
    """A tab on the front page of /admin, with scripts."""
    address = signed_in.pages[0].url
    context = browser.new_context(base_url=address, storage_state=signed_in.storage_state())
    page = context.new_page()
    page.goto(address)
    page.evaluate("window.isTheSame = true")
    yield page
    context.close()


def is_the_same(page: Page) -> bool:
    """Tell whether nothing has been loaded anew since the tab's first page of /admin."""
    return bool(page.evaluate("window.isTheSame === true"))


class TestGoingAbout:
    def test_a_word_of_the_navigation_puts_the_page_in_place(self, page: Page) -> None:
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Staff").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Staff")
        assert page.url.endswith("/admin/staff")
        assert page.title().startswith("Staff")
        assert is_the_same(page)

    def test_the_keyboard_finds_itself_on_the_new_page(self, page: Page) -> None:
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Staff").click()
        expect(page.locator("main")).to_be_focused()

    def test_on_a_phone_the_open_room_is_in_sight(self, page: Page) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        room = page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Audit")
        room.click()
        expect(room).to_have_attribute("aria-current", "page")
        expect(room).to_be_in_viewport()
        page.reload()
        expect(room).to_be_in_viewport()

    def test_the_search_box_finds_without_a_reload(self, page: Page) -> None:
        page.keyboard.press("/")
        page.keyboard.type("nobody@nowhere.example")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nobody was found")).to_be_visible()
        assert is_the_same(page)

    def test_the_keyboard_ticks_a_row_and_goes_on_from_there(self, page: Page) -> None:
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Subscribers").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Subscribers")
        page.keyboard.press("j")
        page.keyboard.press("x")
        first = page.locator(".rows tbody tr").first.get_by_role("checkbox")
        expect(first).to_be_checked()
        first.focus()
        page.keyboard.press("x")
        expect(first).not_to_be_checked()

    def test_the_way_back_leads_to_the_page_before(self, page: Page) -> None:
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Staff").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Staff")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")

    def test_nothing_of_it_stays_in_the_browsers_storage(self, page: Page) -> None:
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Staff").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Staff")
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert "@" not in kept

    def test_whose_sign_in_has_ended_is_at_the_sign_in_page(self, page: Page) -> None:
        page.context.clear_cookies()
        page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Staff").click()
        page.wait_for_url(re.compile("/login"))
        assert not is_the_same(page)
        assert page.locator("link[href*='admin.css']").count() == 0


class TestTheFileThatIsCarriedAlong:
    def test_is_the_one_that_the_decision_names(self) -> None:
        digest = hashlib.sha256(ASSETS["htmx.min.js"].body).hexdigest()
        assert digest in DECISION.read_text()
