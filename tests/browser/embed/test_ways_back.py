"""From an article on the publisher's own site to the paywall's pages, and back to that very article."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.embed.reading import Visit, new_visit
from tests.browser.embed.stage import METERED, Stage

pytestmark = pytest.mark.browser
PlainChromium = Callable[[str], AbstractContextManager[None]]


class TestTheWayBack:
    def test_from_signing_up_leads_to_the_article_open(self, visit: Visit, stage: Stage) -> None:
        visit.opens("registered", "x=1&y=2")
        visit.invitation.get_by_role("link", name="Create a free account").click()
        visit.fills_in("Create account", "new0@example.org")
        expect(visit.page).to_have_url(f"{stage.site}/story/registered?x=1&y=2")
        assert visit.settles().reads("registered")

    def test_from_signing_in_too(self, visit: Visit, stage: Stage) -> None:
        email = visit.signs_up()
        stage.subscribe(email)
        visit.page.context.clear_cookies()
        visit.opens("locked", "a=b")
        visit.invitation.get_by_role("link", name="Sign in").click()
        visit.fills_in("Sign in", email)
        expect(visit.page).to_have_url(f"{stage.site}/story/locked?a=b")
        assert visit.settles().reads("locked")

    def test_goes_through_the_plans(self, visit: Visit, stage: Stage) -> None:
        visit.opens("locked", "a=b")
        visit.invitation.get_by_role("link", name="Subscribe", exact=True).click()
        expect(visit.page).to_have_url(f"{stage.wall}/subscribe?next={_quoted(stage.site)}%2Fstory%2Flocked%3Fa%3Db")
        assert visit.page.locator("input[name=next]").first.input_value() == f"{stage.site}/story/locked?a=b"

    def test_leads_nowhere_from_a_site_that_is_not_the_publishers(self, visit: Visit, stage: Stage) -> None:
        visit.page.goto(f"{stage.wall}/signup?next=http://127.0.0.1:9/story/registered")
        visit.fills_in("Create account", "new1@example.org")
        expect(visit.page).to_have_url(f"{stage.wall}/account")

    def test_by_the_browsers_own_button_asks_again(self, browser: Browser, stage: Stage) -> None:
        """The page comes back out of the browser's memory as it was left, and is asked about once more."""
        chromium = browser.browser_type.launch(
            executable_path=chromium_path(), args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
        )
        visit = new_visit(chromium.new_context(), stage)
        visit.opens("registered")
        visit.page.evaluate("window.isTheSamePage = true")
        visit.signs_up()
        expect(visit.page).to_have_url(f"{stage.wall}/account")
        visit.page.evaluate("history.go(-2)")
        expect(visit.page.locator("[data-paywall-state=open]")).to_have_count(1)
        assert visit.page.evaluate("window.isTheSamePage")
        assert visit.reads("registered")
        chromium.close()


class TestWhatABrowserFetchesBeforehand:
    def test_is_asked_about_when_it_is_opened(self, visit: Visit, stage: Stage) -> None:
        stage.asked.clear()
        visit.page.goto(f"{stage.site}/front/{METERED[0]}")
        stage.waits_for(f"/story/{METERED[0]}")
        visit.page.wait_for_timeout(1000)
        assert ("/story/" + METERED[0], "prefetch;prerender") in stage.asked
        assert "/v1/check" not in dict(stage.asked)
        visit.page.get_by_role("link", name="Read").click()
        assert visit.settles().reads(METERED[0])

    def test_and_rendered_is_not_asked_about_before_somebody_looks(
        self, stage: Stage, plain_chromium: PlainChromium
    ) -> None:
        """Playwright's tabs don't prerender, so this browser is on its own: the page itself leaves, when it may."""
        stage.asked.clear()
        with plain_chromium(f"{stage.site}/front/{METERED[0]}?leaves=1"):
            stage.waits_for("/embed.js")
            time.sleep(1)  # a script that asked at once would have asked by now
            assert "/v1/check" not in dict(stage.asked)
            stage.paper.may_leave.set()
            stage.waits_for("/v1/check")
        asked = [path for path, _ in stage.asked]
        assert asked.count("/story/" + METERED[0]) == 1, "the page that was rendered beforehand is the one that is read"


def _quoted(address: str) -> str:
    return address.replace(":", "%3A").replace("/", "%2F")
