"""Every page of /admin in a real browser: reached, readable by everybody, within its own policy."""

import pytest
from playwright.sync_api import Browser

from tests.browser.admin.judging import Judged, judged_pages
from tests.browser.admin.walk import PAGES

pytestmark = pytest.mark.browser

NOT_LINKED = {"ask_password", "ask_second_factor", "bulk_done", "download", "levels_preview", "mail_html", "not_done"}
"""Pages that one is led to by the door, by a form or by a link that stands there once, not by a lasting one."""
NOT_IN_THE_DEMO = {"ask_act_end_comp", "endpoint", "operations_nobodys", "readership_curve", "readership_histogram"}
"""Pages whose links stand only where there is a comp, a webhook, a stray event, an answer, a meter that was met."""


@pytest.fixture(scope="module")
def judged(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    return list(judged_pages(browser, tmp_path_factory.mktemp("admin")))


class TestEveryPageOfTheAdmin:
    def test_is_reached_by_a_link(self, judged: list[Judged]) -> None:
        assert PAGES - {one.stop.name for one in judged} - NOT_LINKED - NOT_IN_THE_DEMO == set()

    def test_answers(self, judged: list[Judged]) -> None:
        assert {one.stop.path: one.stop.status for one in judged if one.stop.status != 200} == {}

    def test_breaks_no_rule_of_accessibility(self, judged: list[Judged]) -> None:
        assert {one.stop.path: one.violations for one in judged if one.violations} == {}

    def test_fits_a_phone(self, judged: list[Judged]) -> None:
        assert [one.stop.path for one in judged if one.is_too_wide] == []

    def test_loads_nothing_that_the_policy_forbids_and_breaks_no_script(self, judged: list[Judged]) -> None:
        said = {one.stop.path: (one.stop.complaints, one.stop.errors) for one in judged}
        assert {path: both for path, both in said.items() if any(both)} == {}
