"""What a reader has where something is away: the paywall, the script, JavaScript. Never more than is hers."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.embed.paper import canary, preview
from tests.browser.embed.reading import Visit
from tests.browser.embed.stage import METERED, Stage

pytestmark = pytest.mark.browser


class TestWhileThePaywallIsAway:
    """The script itself is still in the browser's cache."""

    def test_a_reader_is_told_so_and_tries_again(self, visit: Visit, stage: Stage) -> None:
        visit.opens("free")
        with stage.servers["wall"].away():
            assert not visit.opens("free").reads("free")
            assert "We could not check your access just now" in visit.invitation.inner_text()
            button = visit.page.get_by_role("button", name="Try again")
            button.press("Enter")
            expect(visit.invitation).to_be_focused()
            stage.servers["wall"].come_back()
            button.press("Enter")
            expect(visit.page.locator("[data-paywall-state=open]")).to_have_count(1)
            assert visit.reads("free")
        assert visit.page.evaluate("document.activeElement.id") == "rest", "she goes on where the rest begins"
        assert [name for name, *_ in visit.told()] == ["shown", "shown", "decision", "opened"]
        assert visit.told()[0][1]["reason"] == "unreachable"

    def test_nobody_is_let_in_who_was_not_before(self, visit: Visit, stage: Stage) -> None:
        assert visit.opens(METERED[0], "own=1").reads(METERED[0])
        with stage.servers["wall"].away():
            for article in (METERED[1], "locked"):
                assert not visit.opens(article, "own=1").reads(article)

    def test_a_subscriber_reads_on_where_the_publisher_keeps_the_text(self, visit: Visit, stage: Stage) -> None:
        stage.subscribe(visit.signs_up())
        assert visit.opens(METERED[0], "own=1").reads(METERED[0])
        with stage.servers["wall"].away():
            for article in ("locked", *METERED):
                assert visit.opens(article, "own=1").reads(article)
            name, detail, _ = visit.told()[-1]
        assert name == "opened"
        assert detail == {"article": METERED[-1], "extent": "full", "reason": "unreachable", "prompt": "none"}

    def test_nor_is_a_subscriber_kept_waiting_by_a_paywall_that_says_nothing(self, visit: Visit, stage: Stage) -> None:
        stage.subscribe(visit.signs_up())
        assert visit.opens(METERED[0], "own=1").reads(METERED[0])
        with stage.servers["wall"].silent():
            assert visit.opens("locked", "own=1").reads("locked")

    def test_a_pass_that_is_kept_does_not_outlive_a_no(self, visit: Visit, stage: Stage) -> None:
        email = visit.signs_up()
        stage.subscribe(email)
        assert visit.opens("locked", "own=1").reads("locked")
        stage.refund(email)
        assert not visit.opens("locked", "own=1").reads("locked")
        with stage.servers["wall"].away():
            assert not visit.opens("locked", "own=1").reads("locked")


class TestWithoutTheScript:
    def test_where_it_is_blocked_the_preview_stands_alone(self, visit: Visit, stage: Stage) -> None:
        visit.page.route("**/embed.js", lambda route: route.abort())
        visit.page.goto(f"{stage.site}/story/free")
        assert preview("free") in visit.page.locator("main").inner_text()
        assert canary("free") not in visit.page.content()

    def test_without_javascript_a_link_leads_to_the_article_on_the_paywalls_own_pages(
        self, browser: Browser, stage: Stage
    ) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{stage.site}/story/{METERED[0]}")
        assert preview(METERED[0]) in page.locator("main").inner_text()
        assert canary(METERED[0]) not in page.content()
        page.get_by_role("link", name="Read the whole article").click()
        assert canary(METERED[0]) in page.locator("main").inner_text()
        context.close()


class TestUnderAStrictPolicy:
    rest_of_the_policy = "default-src 'none'; style-src 'self'; img-src 'self'"
    trusted_types = "require-trusted-types-for 'script'; trusted-types paywall"

    @pytest.mark.parametrize("more", [rest_of_the_policy, f"{rest_of_the_policy}; {trusted_types}"])
    def test_the_two_lines_of_the_guide_are_enough(self, visit: Visit, more: str) -> None:
        complaints: list[str] = []
        visit.page.on("console", lambda message: complaints.append(message.text))
        assert visit.opens(METERED[0], f"own=1&policy={more}").reads(METERED[0])
        assert not visit.opens("locked", f"policy={more}").reads("locked")
        assert visit.page.locator(".paywall-status").evaluate("one => getComputedStyle(one).position") == "absolute"
        assert not complaints

    def test_a_policy_that_forgets_our_host_leaves_the_preview(self, visit: Visit, stage: Stage) -> None:
        policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">"
        stage.asked.clear()
        visit.page.goto(f"{stage.site}/story/free?head={policy}")
        assert preview("free") in visit.page.locator("main").inner_text()
        assert canary("free") not in visit.page.content()
        assert "/v1/check" not in dict(stage.asked)


ASK_TWICE = """async articles => {
  const element = document.querySelector('[data-paywall]')
  const asked = articles.map(article => { element.dataset.paywall = article; return paywall.check(element) })
  await Promise.all(asked)
}"""


class TestAnAnswerThatIsTooLate:
    def test_is_dropped_when_the_element_shows_another_article_by_then(self, visit: Visit) -> None:
        visit.opens("locked")
        visit.page.evaluate(ASK_TWICE, [METERED[0], "free"])
        assert canary("free") in visit.page.content()
        assert canary(METERED[0]) not in visit.page.content()
