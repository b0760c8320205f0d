"""No page breaks a rule of WCAG 2.2 AA that axe-core can check: by day on a wide screen, by night on a phone."""

import json
from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from paywall.demo.gazette.stories import read_stories
from tests.browser.account_states import lead_into_states
from tests.browser.conftest import serve_demo
from tests.browser.demo import Demo

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
SCREENS = (("light", 1280), ("dark", 390))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own, since its clock is turned."""
    with serve_demo(tmp_path_factory.mktemp("judged")) as served:
        yield served


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A visitor's tab, with scripts on: axe is one."""
    context = browser.new_context(base_url=demo.address)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds on the page at hand: the rule, and where it is broken."""
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run({json.dumps(RULES)}).then(results => results.violations)")
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def on_both_screens(page: Page) -> dict[str, list[str]]:
    """What is wrong with the page at hand, by screen; empty if nothing is."""
    return {f"{width} {scheme}": wrong for scheme, width in SCREENS if (wrong := _on(page, scheme, width))}


def _on(page: Page, scheme: str, width: int) -> list[str]:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    return violations(page)


class TestTheJudge:
    def test_finds_what_is_wrong(self, page: Page) -> None:
        page.set_content('<img src="x"><p style="color: #bbb; background: #fff">pale</p><input>')
        assert {one.split(":")[0] for one in violations(page)} >= {"image-alt", "color-contrast", "label"}

    def test_finds_buttons_that_a_thumb_would_miss(self, page: Page) -> None:
        small = '<button style="width: 9px; height: 9px; padding: 0; border: 0" aria-label="x"></button>'
        page.set_content(f'<html lang="en"><title>small</title>{small * 3}')
        assert {one.split(":")[0] for one in violations(page)} == {"target-size"}


class TestThePagesOfTheDemo:
    def test_break_no_rule(self, page: Page, demo: Demo) -> None:
        """Where one has not signed in."""
        locked = demo.by_access("subscribers")[0].path
        paths = ["/", locked, "/subscribe", "/signup", "/login", "/docs", f"{demo.gazette}/"]
        assert {path: wrong for path in paths if (wrong := self._wrong_at(page, path))} == {}

    def test_break_no_rule_in_an_article_of_the_gazette(self, page: Page, demo: Demo) -> None:
        """Whose end is shut, with the invitation in its place."""
        locked = next(story for story in read_stories() if story.access == "subscribers")
        page.goto(f"{demo.gazette}{locked.path}")
        page.locator(".paywall-invitation").wait_for()
        assert on_both_screens(page) == {}

    @staticmethod
    def _wrong_at(page: Page, path: str) -> dict[str, list[str]]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        return on_both_screens(page)


class TestTheAccount:
    def test_breaks_no_rule_in_any_of_six_states(self, browser: Browser, demo: Demo) -> None:
        readers = lead_into_states(browser, demo)
        assert len(readers) == 6
        said = {name: reader.state() for name, reader in readers.items()}
        assert len(set(said.values())) == 6, "six states, not one six times"
        assert {name: wrong for name, one in readers.items() if (wrong := on_both_screens(one.page))} == {}
