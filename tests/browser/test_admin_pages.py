"""Every page of /admin in a real browser: reached, readable by everybody, within its own policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.admin_walk import PAGES, Stop, enter, walk
from tests.browser.conftest import serve_demo
from tests.browser.test_accessibility import on_both_screens

pytestmark = pytest.mark.browser

NOT_LINKED = {"ask_password", "ask_second_factor", "levels_preview"}
"""Pages that one is led to by the door or by a form, not by a link."""


@pytest.fixture(scope="module")
def judged(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Stop, object]]]:
    """Each page that was walked to: the stop, and what axe found there, by day and by night."""
    with serve_demo(tmp_path_factory.mktemp("admin")) as demo:
        page = browser.new_context(base_url=demo.address).new_page()
        enter(page)
        yield {stop.name: (stop, _judged(page) if stop.is_page else {}) for stop in walk(page)}
        page.context.close()


def _judged(page: Page) -> dict[str, object]:
    wrong: dict[str, object] = dict(on_both_screens(page))
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong["phone"] = "runs over the edge"
    return wrong


class TestEveryPageOfTheAdmin:
    def test_is_reached_by_a_link(self, judged: dict[str, tuple[Stop, object]]) -> None:
        assert set(judged) ^ PAGES == NOT_LINKED

    def test_answers(self, judged: dict[str, tuple[Stop, object]]) -> None:
        assert {stop.path: stop.status for stop, _ in judged.values() if stop.status != 200} == {}

    def test_breaks_no_rule_of_accessibility_and_fits_a_phone(self, judged: dict[str, tuple[Stop, object]]) -> None:
        assert {stop.path: wrong for stop, wrong in judged.values() if wrong} == {}

    def test_loads_nothing_that_the_policy_forbids_and_breaks_no_script(
        self, judged: dict[str, tuple[Stop, object]]
    ) -> None:
        assert {stop.path: stop.complaints for stop, _ in judged.values() if stop.complaints} == {}
