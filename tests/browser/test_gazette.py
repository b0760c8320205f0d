"""The demo's other site: The Harbour Gazette, which embeds the Courier's check."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from paywall.demo.gazette.stories import Story, read_stories
from tests.browser.conftest import SCREENSHOTS
from tests.browser.demo import Demo
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

STORIES = {story.access: story for story in read_stories()}
LOCKED, FREE, REGISTERED = STORIES["subscribers"], STORIES["free"], STORIES["registered"]
METERED = [story for story in read_stories() if story.access == "metered"]


@pytest.fixture
def context(browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A browser with its scripts on, at the Gazette."""
    context = browser.new_context(base_url=demo.gazette, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def last_words(story: Story) -> str:
    """The end of a story, as plain text."""
    return story.rest.removesuffix("</p>\n").rsplit(". ", 1)[-1].replace("<em>", "").replace("</em>", "")


def opens(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("[data-paywall]:not([data-paywall-state=open], [data-paywall-state=shut])")).to_have_count(0)


def reads_whole(page: Page, story: Story) -> bool:
    is_whole = last_words(story) in page.locator("main").inner_text()
    assert is_whole == (last_words(story) in page.content()), "what is not shown is not there"
    return is_whole


class TestTheGazette:
    def test_has_stories_of_every_level_and_three_hundred_words_each(self) -> None:
        assert set(STORIES) == {"free", "registered", "metered", "subscribers"}
        assert all(len((story.preview + story.rest).split()) > 300 for story in read_stories())

    def test_and_the_courier_lead_to_each_other(self, page: Page, demo: Demo) -> None:
        page.goto(demo.address)
        page.get_by_role("link", name="Another site that asks us").click()
        expect(page).to_have_title("The Harbour Gazette")
        page.get_by_role("link", name="The Caspian Courier").click()
        expect(page).to_have_url(f"{demo.address}/")

    def test_leads_a_visitor_from_free_stories_to_a_subscription_and_back(self, page: Page, demo: Demo) -> None:
        opens(page, FREE.path)
        assert reads_whole(page, FREE)
        opens(page, METERED[0].path)
        assert reads_whole(page, METERED[0])
        opens(page, REGISTERED.path)
        assert not reads_whole(page, REGISTERED)
        opens(page, LOCKED.path)
        assert not reads_whole(page, LOCKED)
        assert "€4.99 a month, cancel any time" in page.locator(".paywall-invitation").inner_text()

        reader = Reader(page)
        page.locator(".paywall-invitation").get_by_role("link", name="Subscribe", exact=True).click()
        page.get_by_role("button", name="Subscribe by the month").first.click()
        page.get_by_role("link", name="Create an account").click()
        reader.signs_up()
        reader.chooses_monthly()
        reader.pays()
        expect(page).to_have_url(demo.gazette + LOCKED.path)
        expect(page.locator("[data-paywall-state=open]")).to_have_count(1)
        assert reads_whole(page, LOCKED)
        for story in read_stories():
            opens(page, story.path)
            assert reads_whole(page, story), story.slug

    def test_counts_with_the_courier(self, page: Page, demo: Demo) -> None:
        for article in demo.by_access("metered")[:3]:
            page.goto(demo.address + article.path)
        opens(page, METERED[0].path)
        assert not reads_whole(page, METERED[0])

    def test_shows_a_story_of_the_couriers_own(self, page: Page, demo: Demo) -> None:
        article = next(one for one in demo.articles if one.slug == "the-harbour-that-learned-to-wait")
        opens(page, f"/stories/{article.slug}")
        assert article.canary in page.locator("main").inner_text()

    def test_gives_no_story_away_without_a_pass(self, page: Page) -> None:
        for story in read_stories():
            answer = page.request.get(f"/content/{story.key}")
            assert (answer.status, last_words(story) in answer.text()) == (403, False)


class TestItsPagesForBrowsersWithoutScripts:
    """Made whole, and cut by the middleware on their way out."""

    @pytest.fixture
    def context(self, browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
        context = browser.new_context(base_url=demo.gazette, java_script_enabled=False)
        yield context
        context.close()

    def test_are_a_link_away_and_end_in_the_invitation(self, page: Page) -> None:
        page.goto(LOCKED.path)
        assert not reads_whole(page, LOCKED)
        page.get_by_role("link", name="Read the whole article").click()
        assert not reads_whole(page, LOCKED)
        assert "€4.99 a month, cancel any time" in page.locator(".paywall-invitation").inner_text()

    def test_lead_to_a_subscription_and_back_to_the_story(self, page: Page, demo: Demo) -> None:
        page.goto(f"/plain/{LOCKED.slug}")
        reader = Reader(page)
        page.locator(".paywall-invitation").get_by_role("link", name="Subscribe").click()
        page.get_by_role("button", name="Subscribe by the month").first.click()
        page.get_by_role("link", name="Create an account").click()
        reader.signs_up()
        reader.chooses_monthly()
        reader.pays()
        expect(page).to_have_url(f"{demo.gazette}/plain/{LOCKED.slug}")
        for story in read_stories():
            page.goto(f"/plain/{story.slug}")
            assert reads_whole(page, story), story.slug

    def test_count_what_is_free(self, page: Page) -> None:
        for story in METERED:
            page.goto(f"/plain/{story.slug}")
            assert reads_whole(page, story)

    def test_hold_no_text_that_the_gazette_does_not_have(self, page: Page) -> None:
        answer = page.goto("/plain/the-harbour-that-learned-to-wait")
        assert answer is not None
        assert answer.status == 404


class TestOnEveryScreen:
    @pytest.mark.parametrize("width", [390, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_nothing_is_wider_than_the_page(self, browser: Browser, demo: Demo, width: int, scheme: str) -> None:
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=demo.gazette, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        for path in ("/", FREE.path, REGISTERED.path, LOCKED.path, METERED[0].path):
            opens(page, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if SCREENSHOTS:
                name = path.rsplit("/", 1)[-1] or "front"
                page.screenshot(path=Path(SCREENSHOTS) / f"gazette-{name}-{width}-{scheme}.png", full_page=True)
        context.close()
