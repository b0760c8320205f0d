"""Who reads on at the publisher's own site, and what everybody else is shown: canary sentences stay on the server."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.embed.reading import Visit, new_visit
from tests.browser.embed.stage import METERED, Stage

pytestmark = pytest.mark.browser


class TestAVisitor:
    def test_reads_her_free_articles_and_is_then_invited(self, visit: Visit) -> None:
        assert visit.opens(METERED[0]).reads(METERED[0])
        assert "1 free article left" in visit.page.locator(".paywall-notice").inner_text()
        assert visit.opens(METERED[1]).reads(METERED[1])
        assert not visit.opens(METERED[2]).reads(METERED[2])
        assert "You have read your free articles this month." in visit.invitation.inner_text()

    def test_reads_again_what_she_has_opened(self, visit: Visit) -> None:
        for article in (*METERED[:3], METERED[0]):
            visit.opens(article)
        assert visit.reads(METERED[0])

    def test_is_one_and_the_same_on_the_paywalls_own_pages(self, visit: Visit, stage: Stage) -> None:
        for article in METERED[:2]:
            visit.opens(article)
        visit.page.goto(f"{stage.wall}/articles/{METERED[2]}")
        assert visit.page.locator(".invitation").count() == 1

    @pytest.mark.parametrize(
        ("article", "why"),
        [("locked", "This article is for subscribers."), ("registered", "everybody who has an account")],
    )
    def test_is_told_why_an_article_ends(self, visit: Visit, article: str, why: str) -> None:
        assert not visit.opens(article).reads(article)
        assert why in visit.invitation.inner_text()

    def test_reads_free_articles(self, visit: Visit) -> None:
        assert visit.opens("free").reads("free")

    def test_sees_several_articles_in_a_page_each_for_itself(self, visit: Visit) -> None:
        visit.opens(METERED[0], f"also=locked&also={METERED[1]}&also={METERED[2]}")
        states = [one.get_attribute("data-paywall-state") for one in visit.page.locator("[data-paywall]").all()]
        assert states == ["open", "shut", "open", "shut"]

    def test_loses_one_free_article_to_twenty_tabs_of_it(
        self, context: BrowserContext, visit: Visit, stage: Stage
    ) -> None:
        visit.opens(METERED[0])
        pages = [context.new_page() for _ in range(4)]
        for page in pages:
            page.goto(f"{stage.site}/story/{METERED[0]}", wait_until="commit")
        for page in pages:
            assert Visit(page, stage).settles().reads(METERED[0])
        assert visit.opens(METERED[1]).reads(METERED[1])


class TestAReader:
    def test_reads_what_is_for_readers(self, visit: Visit) -> None:
        visit.signs_up()
        assert visit.opens("registered").reads("registered")
        assert not visit.opens("locked").reads("locked")

    def test_reads_everything_while_she_subscribes(self, visit: Visit, stage: Stage) -> None:
        stage.subscribe(visit.signs_up())
        for article in ("locked", *METERED):
            assert visit.opens(article).reads(article)

    def test_reads_no_more_once_her_subscription_has_run_out(self, context: BrowserContext, aging_stage: Stage) -> None:
        visit = new_visit(context, aging_stage)
        email = visit.signs_up()
        aging_stage.subscribe(email)
        assert visit.opens("locked").reads("locked")
        aging_stage.cancel_and_let_end(email)
        assert not visit.opens("locked").reads("locked")

    def test_reads_no_more_once_she_has_her_money_back(self, visit: Visit, stage: Stage) -> None:
        email = visit.signs_up()
        stage.subscribe(email)
        assert visit.opens("locked", "own=1").reads("locked")
        stage.refund(email)
        assert not visit.opens("locked", "own=1").reads("locked")

    def test_reads_no_more_once_she_has_signed_out(self, visit: Visit, stage: Stage) -> None:
        stage.subscribe(visit.signs_up())
        assert visit.opens("locked").reads("locked")
        visit.page.goto(f"{stage.wall}/account")
        visit.page.get_by_role("button", name="Sign out").click()
        assert not visit.opens("locked").reads("locked")


class TestTheRestOfTheText:
    def test_may_be_the_publishers_own_to_give(self, visit: Visit, stage: Stage) -> None:
        stage.asked.clear()
        assert visit.opens(METERED[0], "own=1").reads(METERED[0])
        assert f"/content/{METERED[0]}" in dict(stage.asked)

    def test_is_refused_there_without_a_pass_for_it(self, visit: Visit, stage: Stage) -> None:
        visit.opens(METERED[0], "own=1")
        asked = "token => fetch('/content/locked', {headers: {Authorization: token}}).then(answer => answer.status)"
        for token in ("", "Bearer a.b.c", f"Bearer {stage.paper.key}"):
            assert visit.page.evaluate(asked, token) == 403

    @pytest.mark.parametrize("query", ["", "own=1"])
    def test_does_not_repeat_the_preview(self, visit: Visit, query: str) -> None:
        visit.opens("free", query)
        assert visit.element.inner_text().count("anybody’s to read") == 1

    def test_takes_the_place_of_a_preview_in_other_words(self, visit: Visit) -> None:
        visit.opens("free", "begins=Quite another beginning.")
        assert "Quite another beginning." not in visit.element.inner_text()
        assert visit.element.inner_text().count("anybody’s to read") == 1

    def test_gives_a_replaced_preview_back_where_the_article_is_shut_later(self, visit: Visit) -> None:
        visit.opens("free", "begins=Quite another beginning.")
        visit.page.evaluate("document.querySelector('[data-paywall]').dataset.paywall = 'locked'")
        visit.page.evaluate("paywall.check(document.querySelector('[data-paywall]'))")
        assert "Quite another beginning." in visit.element.inner_text()
        assert "The rest of" not in visit.page.content()


class TestAnArticleNamedByItsAddress:
    def test_is_found_by_the_address_in_the_element(self, visit: Visit) -> None:
        assert visit.opens("free", "by=https://www.paper.example/free").reads("free")

    def test_is_found_by_the_pages_canonical_address(self, visit: Visit) -> None:
        head = '<link rel="canonical" href="https://www.paper.example/free">'
        assert visit.opens("free", f"by=&head={head}").reads("free")


class TestASiteThatSharesNoDomainWithThePaywall:
    """`localhost` is another site than 127.0.0.1: no cookie of the paywall's travels."""

    @pytest.fixture
    def elsewhere(self, stage: Stage) -> str:
        return stage.site.replace("127.0.0.1", "localhost")

    def test_counts_its_visitors_by_an_id_that_the_browser_keeps(self, visit: Visit, elsewhere: str) -> None:
        for article in METERED[:2]:
            assert visit.opens(article, site=elsewhere).reads(article)
        assert not visit.opens(METERED[2], site=elsewhere).reads(METERED[2])
        assert visit.opens(METERED[0], site=elsewhere).reads(METERED[0])

    def test_shows_articles_where_the_browser_keeps_nothing(
        self, context: BrowserContext, stage: Stage, elsewhere: str
    ) -> None:
        context.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get () { throw new DOMException('', 'SecurityError') }})"
        )
        visit = new_visit(context, stage)
        assert visit.opens(METERED[0], site=elsewhere).reads(METERED[0])
        assert not visit.opens("locked", site=elsewhere).reads("locked")
