"""A reader in front of the publisher's own site: what she sees of an element, and what its events told."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.embed.paper import canary, preview
from tests.browser.embed.stage import Stage
from tests.browser.reader import PASSWORD

NOTE_EVENTS = """
window.told = []
for (const name of ['decision', 'opened', 'shown', 'subscribe-click']) {
  document.addEventListener('paywall:' + name, event => {
    told.push([name, { ...event.detail }, event.target.dataset.paywall])
  })
}
window.shift = 0
new PerformanceObserver(list => list.getEntries().forEach(entry => { if (!entry.hadRecentInput) shift += entry.value }))
  .observe({ type: 'layout-shift', buffered: true })
"""
_numbers = count(1)
_ASKING = "[data-paywall]:not([data-paywall-state=open], [data-paywall-state=shut])"


@dataclass
class Visit:
    """A tab at the publisher's site."""

    page: Page
    stage: Stage

    def opens(self, article: str, query: str = "", site: str | None = None) -> "Visit":
        """Go to an article's page, and wait until the script has done its work."""
        self.page.goto(f"{site or self.stage.site}/story/{article}?{query}")
        return self.settles()

    def settles(self) -> "Visit":
        """Wait until every element is open or shut."""
        expect(self.page.locator(_ASKING)).to_have_count(0)
        return self

    @property
    def element(self) -> Locator:
        return self.page.locator("[data-paywall]").first

    @property
    def invitation(self) -> Locator:
        return self.page.locator(".paywall-invitation")

    def reads(self, article: str) -> bool:
        """Whether the article is there to its end; where it is not, no trace of it may be."""
        assert preview(article) in self.page.locator("main").inner_text()
        is_whole = canary(article) in self.page.locator("main").inner_text()
        assert is_whole == (canary(article) in self.page.content())
        assert is_whole == (self.invitation.count() == 0)
        return is_whole

    def told(self) -> list[Any]:
        """Name, detail and article of each event so far."""
        return list(self.page.evaluate("told"))

    def shift(self) -> float:
        """The layout shift of this page so far."""
        self.page.wait_for_timeout(200)
        return float(self.page.evaluate("shift"))

    def signs_up(self) -> str:
        """Make an account on the paywall's own pages, in the same browser; returns its address."""
        email = f"reader{next(_numbers)}@example.org"
        self.page.goto(f"{self.stage.wall}/signup")
        self.fills_in("Create account", email)
        return email

    def fills_in(self, button: str, email: str) -> None:
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name=button).click()


def new_visit(context: BrowserContext, stage: Stage) -> Visit:
    """Open a tab that notes the script's events and every layout shift."""
    context.add_init_script(NOTE_EVENTS)
    return Visit(context.new_page(), stage)
