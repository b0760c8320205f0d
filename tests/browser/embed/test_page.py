"""What the script does to a page: nothing moves, everything can be heard and reached, and analytics are told."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.embed.reading import Visit, new_visit
from tests.browser.embed.stage import METERED, Stage

pytestmark = pytest.mark.browser


class TestTheLayout:
    """With the guide's line of CSS. Shift is what Chromium reports: 0.1 is where search engines begin to mind."""

    @pytest.mark.parametrize(("article", "query"), [(METERED[0], ""), (METERED[0], "own=1"), ("locked", "")])
    def test_does_not_shift(self, visit: Visit, article: str, query: str) -> None:
        visit.opens(article, f"line=1&{query}")
        assert visit.shift() == 0

    def test_shifts_only_what_stands_below_where_the_line_is_forgotten(self, visit: Visit) -> None:
        visit.opens(METERED[0])
        assert visit.shift() < 0.1

    def test_fits_a_phone(self, browser: Browser, stage: Stage) -> None:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        visit = new_visit(context, stage)
        for article in ("locked", "registered", METERED[0]):
            visit.opens(article, "line=1")
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
            assert visit.shift() == 0
        context.close()


class TestWhoCanNotSeeTheScreen:
    def test_hears_that_the_article_is_open(self, visit: Visit) -> None:
        visit.opens("free")
        assert visit.page.get_by_role("status").inner_text() == "The whole article is open."

    def test_hears_how_many_are_left(self, visit: Visit) -> None:
        visit.opens(METERED[0])
        assert "1 free article left" in visit.page.get_by_role("status").inner_text()

    def test_hears_the_invitation_and_finds_it_by_its_name(self, visit: Visit) -> None:
        visit.opens("locked")
        headline = visit.page.locator(".paywall-headline").inner_text()
        assert visit.page.get_by_role("status").inner_text() == headline
        invitation = visit.page.get_by_role("complementary", name=headline)
        assert invitation.get_by_role("heading", level=2, name=headline).count() == 1

    def test_is_not_moved_about_by_a_page_that_has_just_loaded(self, visit: Visit) -> None:
        for article in ("free", "locked"):
            visit.opens(article)
            assert visit.page.evaluate("document.activeElement === document.body")

    def test_reaches_every_link_by_the_keyboard_in_the_order_of_reading(self, visit: Visit) -> None:
        visit.opens("registered")
        reached = []
        for _ in range(3):
            visit.page.keyboard.press("Tab")
            reached.append(visit.page.evaluate("document.activeElement.textContent"))
        assert reached == ["Create a free account", "Sign in", "See subscriptions"]


class TestEvents:
    def test_tell_of_an_article_that_opens(self, visit: Visit) -> None:
        visit.opens(METERED[0])
        told = visit.told()
        assert [name for name, *_ in told] == ["decision", "opened"]
        detail = {"article": METERED[0], "extent": "full", "reason": "metered", "prompt": "none", "viewsLeft": 1}
        for _, said, target in told:
            assert re.fullmatch(r"\d{4}-\d\d-01T\d\d:\d\d:\d\dZ|\d{4}-\d\d-\d\dT20:00:00Z", said.pop("resetsAt"))
            assert said == detail
            assert target == METERED[0]

    def test_tell_of_an_invitation_and_of_the_click_on_it(self, visit: Visit, stage: Stage) -> None:
        visit.opens("locked")
        visit.page.evaluate("addEventListener('paywall:subscribe-click', event => event.preventDefault())")
        visit.invitation.get_by_role("link", name="Subscribe", exact=True).click()
        expect(visit.page).to_have_url(f"{stage.site}/story/locked?")
        (_, decision, _), (_, shown, _), (name, clicked, _) = visit.told()
        detail = {
            "article": "locked", "extent": "preview", "reason": "subscription_required", "prompt": "subscribe",
            "viewsLeft": None, "resetsAt": None,
        }  # fmt: skip
        assert decision == shown == detail
        assert name == "subscribe-click"
        assert clicked.pop("href").startswith(f"{stage.wall}/subscribe?next=")
        assert clicked == detail

    def test_hold_no_pass(self, visit: Visit) -> None:
        visit.opens(METERED[0])
        assert "ey" not in str(visit.told())

    def test_the_guides_example_runs(self, visit: Visit) -> None:
        from tests.browser.embed import guide  # noqa: PLC0415

        logged: list[str] = []
        visit.page.on("console", lambda message: logged.append(message.text))
        visit.page.add_init_script(guide.example("js"))
        visit.opens("locked")
        assert logged == ["locked subscription_required"]


class TestOtherScriptsOfThePage:
    def test_can_not_open_anything_by_a_message(self, visit: Visit) -> None:
        visit.opens("locked")
        for message in ({"type": "pw:granted"}, {"type": "paywall:opened", "extent": "full"}):
            visit.page.evaluate("message => postMessage(message, '*')", message)
        visit.page.wait_for_timeout(200)
        assert not visit.reads("locked")

    def test_may_ask_again_about_one_element_or_all(self, visit: Visit) -> None:
        visit.opens(METERED[0])
        detail = visit.page.evaluate("paywall.check(document.querySelector('[data-paywall]'))")
        assert detail["extent"] == "full"
        assert visit.reads(METERED[0]), "what is open is not put there twice"
        assert visit.element.inner_text().count("The rest of") == 1
        assert visit.page.evaluate("paywall.check()") == []

    def test_may_put_the_tag_into_the_page_twice(self, visit: Visit, stage: Stage) -> None:
        tag = f'<script async src="{stage.wall}/embed.js" data-key="{stage.paper.key}"></script>'
        visit.page.goto(f"{stage.site}/story/{METERED[0]}?twice=1")
        visit.page.evaluate("tag => document.head.append(document.createRange().createContextualFragment(tag))", tag)
        assert visit.settles().reads(METERED[0])
        assert visit.element.inner_text().count("The rest of") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, stage: Stage, scheme: str, width: int) -> None:
    """Photographs are taken on the way, where PAYWALL_SCREENSHOTS names a folder."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    visit = new_visit(context, stage)
    for article in ("locked", "registered", METERED[0]):
        visit.opens(article)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if SCREENSHOTS:
            visit.page.screenshot(path=Path(SCREENSHOTS) / f"embed-{article}-{width}-{scheme}.png", full_page=True)
    context.close()
