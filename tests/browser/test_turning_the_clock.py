"""The demo's clock is turned on its control page, and the newspaper lives through the months."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import serve_demo
from tests.browser.control import Control
from tests.browser.demo import Demo
from tests.browser.reader import Reader

PHONE = (390, 844)


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own for each: the others must not grow old, and the next renewal is to be the reader's own."""
    with serve_demo(tmp_path_factory.mktemp("turned")) as served:
        yield served


@pytest.fixture
def subscriber(page: Page) -> Reader:
    reader = Reader(page)
    page.goto("/signup")
    reader.signs_up()
    page.goto("/subscribe")
    reader.chooses_monthly()
    reader.pays()
    return reader


class TestTheDemo:
    def test_lives_through_a_renewal_a_failed_payment_and_the_end(
        self, subscriber: Reader, browser: Browser, demo: Demo
    ) -> None:
        aside = browser.new_context(base_url=demo.address, java_script_enabled=False)
        control = Control(aside.new_page())
        first = subscriber.state()
        control.presses("To the next renewal")
        renewed = subscriber.state()
        assert "You subscribe monthly." in renewed
        assert renewed != first, "the next payment is a month later"
        control.presses("Let payments fail")
        control.presses("To the next renewal")
        assert "failed" in subscriber.state()
        control.presses("+ 1 month")
        assert "subscribe monthly" not in subscriber.state()
        mails = self._subjects(subscriber.page)
        assert sum(mail.startswith("Receipt") for mail in mails) == 1
        assert sum("payment failed" in mail for mail in mails) > 1, "reminders, each on its day"
        aside.close()

    @staticmethod
    def _subjects(page: Page) -> list[str]:
        page.goto("/demo/mailbox")
        return page.locator(".mails a").all_inner_texts()

    def test_has_a_control_page_that_fits_a_telephone(self, subscriber: Reader) -> None:
        page = subscriber.page
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        Control(page)
        assert re.search(r"\d{4}, \d\d:\d\d", page.locator(".time").inner_text())
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
