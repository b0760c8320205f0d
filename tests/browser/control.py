"""The demo's control page, and the hand on it: it turns the clock, and lets payments go wrong."""

from playwright.sync_api import Page, expect

TURNED_WITHIN_MS = 60_000


class Control:
    """The control page in a tab of its own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/")
        page.get_by_role("link", name="Turn the clock").click()

    def presses(self, name: str, at: str = "body") -> None:
        """Press a button, and wait until the clock stands again; `at` is a selector of what holds the button."""
        with self.page.expect_navigation():  # else the page of before is looked at, where the clock stands too
            self.page.locator(at).get_by_role("button", name=name).first.click()
        expect(self.page.get_by_role("button", name="Turn", exact=True)).to_be_visible(timeout=TURNED_WITHIN_MS)

    def lets_payments_fail(self, email: str) -> None:
        """Have the next payments of one customer declined."""
        self.presses("Let payments fail", at=f".person:has(h3:text-is('{email}'))")
