"""A reader at a keyboard: what she does on our pages, in the words of the story."""

import re
from dataclasses import dataclass, field
from itertools import count

from playwright.sync_api import Page, Response, expect

from tests.browser.demo import DemoArticle

GOOD_CARD = "4242 4242 4242 4242"
SECURE_CARD = "4000 0027 6000 3184"
DECLINED_CARD = "4000 0000 0000 0002"
PASSWORD = "a long enough sentence"
_numbers = count(1)


@dataclass
class Reader:
    """Drives one tab. Every step checks that the page it lands on is one of ours and no error."""

    page: Page
    email: str = field(default_factory=lambda: f"reader{next(_numbers)}@example.org")

    def opens(self, article: DemoArticle) -> Response:
        response = self.page.goto(article.path)
        assert response is not None
        assert response.status == 200
        return response

    def reads_whole(self, article: DemoArticle) -> bool:
        """Whether the page at hand holds the article's last paragraph."""
        return article.canary in self.page.locator("main").inner_text()

    def is_invited(self) -> bool:
        return self.page.locator(".invitation").count() == 1

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def signs_up(self) -> None:
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create account").click()

    def signs_out(self) -> None:
        self.page.goto("/account")
        self.page.get_by_role("button", name="Sign out").click()

    def chooses_monthly(self) -> None:
        self.page.get_by_role("button", name="Subscribe by the month").first.click()
        expect(self.page.get_by_label("Card number")).to_be_visible()

    def pays(self, card: str = GOOD_CARD) -> None:
        """Fill the payment page and press its button."""
        self.page.get_by_label("Card number").fill(card)
        self.page.get_by_label("Expiry").fill("12 / 30")
        self.page.get_by_label("Security code").fill("123")
        self.page.get_by_label("Name on card").fill("Leyla Reader")
        self.page.locator("button[name=pay]").first.click()  # the card; a direct debit is offered below

    def state(self) -> str:
        """The first line of the account page."""
        self.page.goto("/account")
        return self.page.locator("#state").inner_text()

    def fits_the_screen(self) -> bool:
        """Whether nothing sticks out to the right. Needs no script of the page."""
        widths = [box for one in self.page.locator("body *").all() if (box := one.bounding_box())]
        size = self.page.viewport_size
        assert size is not None
        return all(box["x"] + box["width"] <= size["width"] + 1 for box in widths)


def path_of(page: Page) -> str:
    """The path of the page at hand."""
    return re.sub(r"^https?://[^/]+|[?#].*$", "", page.url)
