"""The readers who come by themselves, so that the demo's staff has somebody to help."""

import pytest
from playwright.sync_api import Browser

from paywall.demo.company import COMPANY, DECLINED_CARD
from tests.browser.admin.walk import HOME, enter, meet_company
from tests.browser.conftest import serve_demo

pytestmark = pytest.mark.browser


class TestTheCompany:
    def test_comes_and_each_has_lived_her_story(
        self, browser: Browser, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        with serve_demo(tmp_path_factory.mktemp("company"), "--company") as demo:
            page = browser.new_page(base_url=demo.address)
            enter(page)
            meet_company(page)
            page.goto(f"{HOME}/subscribers")
            rows = {row.locator("th").inner_text(): row.inner_text() for row in page.locator("tbody tr").all()}
            page.close()
        assert len(rows) == len(COMPANY) + 1
        buyers = {one.name for one in COMPANY if one.price and one.card != DECLINED_CARD}
        assert {name.partition("@")[0] for name, row in rows.items() if "Digital" in row or "Patron" in row} == buyers
