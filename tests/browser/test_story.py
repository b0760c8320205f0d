"""The main job, end to end, in a real browser without JavaScript: the wall, the subscription, reading on."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import SCREENSHOTS
from tests.browser.demo import Demo
from tests.browser.reader import DECLINED_CARD, SECURE_CARD, Reader, path_of

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(page: Page) -> Reader:
    return Reader(page)


def photograph(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody asked for it."""
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)


class TestTheWholeStory:
    def test_a_visitor_meets_the_wall_subscribes_reads_on_cancels_resumes_and_leaves(
        self, reader: Reader, demo: Demo, browser: Browser
    ) -> None:
        first, second, third, fourth = demo.by_access("metered")[:4]
        page = reader.page

        page.goto("/")
        photograph(page, "front")
        assert page.get_by_role("link", name=first.title).count() >= 1

        reader.opens(first)
        assert reader.reads_whole(first)
        assert "2 free articles left" in page.locator(".articles-left").inner_text()
        photograph(page, "article-metered")
        reader.opens(second)
        reader.opens(third)
        assert "last free article" in page.locator(".articles-left").inner_text()
        reader.opens(first)
        assert reader.reads_whole(first), "what was opened stays open"

        reader.opens(fourth)
        assert reader.is_invited()
        assert not reader.reads_whole(fourth)
        assert fourth.canary not in page.content()
        photograph(page, "article-preview")

        page.locator(".invitation").get_by_role("link", name="Subscribe").click()
        photograph(page, "subscribe")
        page.get_by_role("button", name="Subscribe by the month").first.click()
        page.get_by_role("link", name="Create an account").click()
        photograph(page, "signup")
        reader.signs_up()
        reader.chooses_monthly()
        photograph(page, "checkout")

        reader.pays()
        assert path_of(page) == fourth.path, "back on the very article"
        assert reader.reads_whole(fourth)
        photograph(page, "article-open")

        for article in demo.articles:
            reader.opens(article)
            assert reader.reads_whole(article), article.slug

        assert "You subscribe monthly. Next payment €4.99" in reader.state()
        photograph(page, "account-active")
        reader.follows("Cancel subscription")
        photograph(page, "cancellation")
        page.get_by_role("button", name="Cancel subscription").click()
        assert "ends on" in reader.state() or "until" in reader.state()
        photograph(page, "account-cancelled")
        reader.opens(fourth)
        assert reader.reads_whole(fourth), "cancelled, still paid"
        page.goto("/account")
        page.get_by_role("button", name="Resume").click()
        assert "Next payment" in reader.state()

        old_cookies = page.context.cookies()
        reader.signs_out()
        time.sleep(5)  # the promise: taking away reaches every process within five seconds
        thief = browser.new_context(base_url=demo.address, java_script_enabled=False)
        thief.add_cookies([{k: v for k, v in one.items() if k in _COOKIE_FIELDS} for one in old_cookies])  # type: ignore[misc]
        stolen = Reader(thief.new_page(), reader.email)
        locked = demo.by_access("subscribers")[0]
        stolen.opens(locked)
        assert not stolen.reads_whole(locked), "an old cookie opens nothing"
        stolen.page.goto("/account")
        assert path_of(stolen.page) == "/login"
        thief.close()


_COOKIE_FIELDS = {"name", "value", "domain", "path", "httpOnly", "secure", "sameSite", "expires"}


class TestOtherCards:
    @pytest.fixture(autouse=True)
    def _at_the_payment_page(self, reader: Reader, demo: Demo) -> None:
        self.article = demo.by_access("subscribers")[0]
        reader.opens(self.article)
        reader.page.locator(".invitation").get_by_role("link", name="Subscribe").click()
        reader.page.get_by_role("button", name="Subscribe by the month").first.click()
        reader.page.get_by_role("link", name="Create an account").click()
        reader.signs_up()
        reader.chooses_monthly()

    def test_a_card_that_asks_for_3_d_secure_opens_the_article_once_it_is_confirmed(self, reader: Reader) -> None:
        reader.pays(SECURE_CARD)
        photograph(reader.page, "3d-secure")
        reader.page.get_by_role("button", name="Complete authentication").click()
        assert path_of(reader.page) == self.article.path
        assert reader.reads_whole(self.article)

    def test_a_payment_page_left_during_3_d_secure_opens_nothing(self, reader: Reader) -> None:
        reader.pays(SECURE_CARD)
        reader.opens(self.article)
        assert not reader.reads_whole(self.article)

    def test_failing_3_d_secure_leads_back_to_the_payment_page(self, reader: Reader) -> None:
        reader.pays(SECURE_CARD)
        reader.page.get_by_role("button", name="Fail authentication").click()
        assert reader.page.get_by_label("Card number").is_visible()

    def test_a_declined_card_says_so_and_another_one_may_be_tried(self, reader: Reader) -> None:
        reader.pays(DECLINED_CARD)
        assert "declined" in reader.page.locator("main").inner_text()
        photograph(reader.page, "declined")
        reader.pays()
        assert reader.reads_whole(self.article)


class TestRegisteredArticles:
    def test_an_account_opens_them(self, reader: Reader, demo: Demo) -> None:
        article = demo.by_access("registered")[0]
        reader.opens(article)
        assert not reader.reads_whole(article)
        reader.page.locator(".invitation a.button").click()
        reader.signs_up()
        assert path_of(reader.page) == article.path
        assert reader.reads_whole(article)

    def test_a_registered_reader_has_five_articles_and_what_she_read_as_a_visitor_counts(
        self, reader: Reader, demo: Demo
    ) -> None:
        articles = demo.by_access("metered")
        for article in articles[:3]:
            reader.opens(article)
        reader.page.goto("/signup")
        reader.signs_up()
        for article in articles[:5]:
            reader.opens(article)
            assert reader.reads_whole(article)
        reader.opens(articles[5])
        assert not reader.reads_whole(articles[5])
        assert "free account" not in reader.page.locator(".invitation").inner_text(), "she has one"


class TestMails:
    def test_signing_up_leaves_a_mail_whose_link_confirms_the_address(self, reader: Reader) -> None:
        page = reader.page
        page.goto("/signup")
        reader.signs_up()
        page.goto("/demo/mailbox")
        page.get_by_role("listitem").filter(has_text=reader.email).get_by_role("link").first.click()
        photograph(page, "mail")
        link = page.locator(".mail-text a[href*='/confirm/']")
        link.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")  # the frame above has come, so nothing moves under the click
        link.click(position={"x": 5, "y": 5})  # the link fills more than a line
        page.locator("main form button").first.click()
        assert "confirm" in page.locator("main").inner_text().lower()


class TestOnAPhone:
    @pytest.fixture
    def context(self, browser: Browser, demo: Demo) -> BrowserContext:
        size = {"width": 390, "height": 844}
        return browser.new_context(base_url=demo.address, java_script_enabled=False, viewport=size)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "path", ["/", "/sections/news", "/subscribe", "/signup", "/login", "/demo/mailbox", "/nowhere"]
    )
    def test_no_page_is_wider_than_the_screen(self, reader: Reader, path: str) -> None:
        reader.page.goto(path)
        photograph(reader.page, f"phone{path.replace('/', '-')}")
        assert reader.fits_the_screen()

    def test_nor_is_any_article(self, reader: Reader, demo: Demo) -> None:
        for article in demo.articles:
            reader.opens(article)
            assert reader.fits_the_screen(), article.slug
        photograph(reader.page, "phone-article")
