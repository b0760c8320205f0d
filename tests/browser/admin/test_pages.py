"""Every page of /admin in a real browser: reached, readable by everybody, within its own policy."""

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.admin.walk import PAGES, Stop, enter, meet_company, send_a_list, walk
from tests.browser.conftest import serve_demo
from tests.browser.test_accessibility import on_both_screens

pytestmark = pytest.mark.browser

NOT_LINKED = {"ask_password", "ask_second_factor", "bulk_done", "levels_preview", "mail_html"}
"""Pages that one is led to by the door or by a form, not by a link."""
NOT_IN_THE_DEMO = {"ask_act_end_comp", "endpoint", "readership_curve", "readership_histogram"}
"""Pages whose links stand only where there is a comp, a webhook, an answer, a meter that was met."""


ENOUGH = 2
"""Pages of a kind that axe looks at; the others are opened."""
Judged = list[tuple[Stop, dict[str, object]]]


@pytest.fixture(scope="module")
def judged(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """Each page that was walked to: the stop, and what axe found there, by day and by night."""
    with serve_demo(tmp_path_factory.mktemp("admin"), "--company") as demo:
        page = browser.new_context(base_url=demo.address).new_page()
        enter(page)
        meet_company(page)
        send_a_list(page)
        yield list(_judge_all(page))
        page.context.close()


def _judge_all(page: Page) -> Iterator[tuple[Stop, dict[str, object]]]:
    judged = Counter[str]()
    for stop in walk(page):
        judged[stop.name] += 1
        yield stop, _judged(page) if stop.is_page and judged[stop.name] <= ENOUGH else {}


def _judged(page: Page) -> dict[str, object]:
    wrong: dict[str, object] = dict(on_both_screens(page))
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong["phone"] = "runs over the edge"
    return wrong


class TestEveryPageOfTheAdmin:
    def test_is_reached_by_a_link(self, judged: Judged) -> None:
        assert PAGES - {stop.name for stop, _ in judged} - NOT_LINKED - NOT_IN_THE_DEMO == set()

    def test_answers(self, judged: Judged) -> None:
        assert {stop.path: stop.status for stop, _ in judged if stop.status != 200} == {}

    def test_breaks_no_rule_of_accessibility_and_fits_a_phone(self, judged: Judged) -> None:
        assert {stop.path: wrong for stop, wrong in judged if wrong} == {}

    def test_loads_nothing_that_the_policy_forbids_and_breaks_no_script(self, judged: Judged) -> None:
        assert {stop.path: stop.complaints for stop, _ in judged if stop.complaints} == {}
