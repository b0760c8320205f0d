"""An editor writes a mail in the newspaper's own words: typed, looked at, mended, saved; without scripts."""

import pytest
from playwright.sync_api import Browser, Page

from paywall.publishers.rules import LANGUAGES
from tests.browser.admin.looking import look
from tests.browser.admin.walk import enter
from tests.browser.demo import Demo
from tests.browser.test_accessibility import on_both_screens

pytestmark = pytest.mark.browser

RECEIPT = "/admin/mails/billing_receipt"
TEXT = (
    "Çox sağ olun.\n\n= Ödənilib: {amount}, {paid_on}\n= Vergi: {tax}\n\n> Qəbz: {invoice_url}\n- Ləğv et: {cancel_url}"
)


def type_in(page: Page, subject: str, text: str, button: str) -> None:
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name=button).click()


class TestWritingAMail:
    def test_goes_from_what_is_typed_over_a_preview_to_what_is_sent(self, browser: Browser, own_demo: Demo) -> None:
        page = browser.new_context(base_url=own_demo.address, java_script_enabled=False).new_page()
        enter(page)
        page.goto(f"{RECEIPT}?language=az")
        assert page.get_by_role("link", name=": ours").count() == len(LANGUAGES)
        look(page, "mail")
        type_in(page, "Ödəniş: {amont}", TEXT, "Save")
        assert "is it {amount}?" in page.locator("#subject-error").inner_text()
        look(page, "mail-refused")
        type_in(page, "Ödəniş: {amount}", TEXT, "Show the preview")
        shown = page.frame_locator("iframe").first
        assert (shown.locator("html").get_attribute("lang"), "Vergi" in shown.locator("body").inner_text()) == (
            "az",
            False,
        )
        assert page.frame_locator("iframe").last.get_by_role("link", name="Qəbz").count() == 1
        look(page, "mail-preview")
        page.get_by_role("button", name="Send it to me").click()
        assert "On its way to" in page.get_by_role("status").inner_text()
        page.get_by_role("button", name="Save").click()
        assert "Saved" in page.get_by_role("status").inner_text()
        assert page.get_by_label("Text", exact=True).input_value() == TEXT
        page.goto("/admin/mails")
        assert page.get_by_text("yours: Azerbaijani").count() == 1
        look(page, "mails")
        page.goto(f"{RECEIPT}?language=az")
        page.get_by_role("button", name="Go back to our words").click()
        assert "our words again" in page.get_by_role("status").inner_text()
        signed_in = page.context.storage_state()
        page.context.close()
        breaks_no_rule_of_accessibility(
            browser.new_context(base_url=own_demo.address, storage_state=signed_in).new_page()
        )


def breaks_no_rule_of_accessibility(page: Page) -> None:
    page.goto(RECEIPT)
    for subject, button in (("{amont}", "Show the preview"), ("{amount}", "Show the preview")):
        type_in(page, subject, TEXT, button)
        assert on_both_screens(page) == {}
    page.context.close()
