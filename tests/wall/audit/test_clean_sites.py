"""A site that leaks nothing is told so, and how sure that is."""

import pytest

from paywall.wall.audit import Outcome
from tests.wall.audit.conftest import Look
from tests.wall.audit.paper import CANARY, LOCKED, NAVIGATION, PREVIEW, SUBSCRIBER, Paper


class TestAHardWall:
    def test_with_a_canary(self, look: Look) -> None:
        report = look(CANARY)
        assert (report.outcome, report.findings) == (Outcome.CLEAN, ()), report.findings
        assert report.sureness == "certain"
        assert report.requests > 200
        assert report.people > 40
        assert not report.is_cut_short

    def test_with_the_entitled_reader_s_cookie_it_finds_the_locked_sentences_by_itself(self, look: Look) -> None:
        report = look(cookie=SUBSCRIBER)
        assert (report.outcome, report.findings) == (Outcome.CLEAN, ()), report.findings
        assert report.locked is not None
        assert report.locked.sentences == LOCKED
        assert report.control is True
        assert report.sureness == "certain"

    def test_with_neither_it_says_that_it_can_t_be_certain(self, look: Look) -> None:
        report = look()
        assert (report.outcome, report.findings) == (Outcome.CLEAN, ()), report.findings
        assert report.sureness == "unknown"
        assert report.summary.startswith("Clean as far as can be told without the text: nothing beyond the preview")
        assert "--cookie" in report.looked_for


class TestAMeter:
    @pytest.fixture(autouse=True)
    def three_are_free(self, paper: Paper) -> None:
        paper.allowance = 3

    @pytest.mark.parametrize("canaries", [(), (CANARY,)])
    @pytest.mark.parametrize("cookie", ["", SUBSCRIBER])
    def test_that_lets_first_visits_in_is_no_leak(self, look: Look, canaries: tuple[str, ...], cookie: str) -> None:
        report = look(*canaries, cookie=cookie)
        assert (report.outcome, report.findings) == (Outcome.CLEAN, ()), report.findings
        assert report.sureness == "certain"
        assert "meter" in report.notes[0]
        assert report.locked is not None
        assert report.locked.sentences == (canaries or LOCKED)

    def test_that_only_some_have_used_up_is_found_by_opening_so_many(self, look: Look, paper: Paper) -> None:
        paper.allowance = 7
        report = look(CANARY, views=4)
        assert report.outcome is Outcome.LEAK
        assert any("--views" in note for note in report.notes)
        paper.visits.clear()
        assert look(CANARY, views=9).outcome is Outcome.CLEAN


class TestWhatCanNotBeJudged:
    def test_a_meter_that_has_more_free_views_than_there_are_articles(self, look: Look, paper: Paper) -> None:
        paper.allowance, paper.tells = 30, True
        report = look(CANARY)
        assert report.outcome is Outcome.UNJUDGED
        assert "--views" in report.summary

    def test_an_article_that_is_free_for_everybody(self, look: Look, paper: Paper) -> None:
        paper.says_it_has_a_wall = False
        paper.opens.append(lambda _: True)
        report = look()
        assert report.outcome is Outcome.UNJUDGED
        assert "no wall" in report.summary

    def test_a_canary_that_the_entitled_reader_does_not_see_either(self, look: Look) -> None:
        report = look("A sentence that was never printed anywhere at all.", cookie=SUBSCRIBER)
        assert report.outcome is Outcome.UNJUDGED
        assert "entitled reader" in report.summary

    def test_a_cookie_that_opens_nothing(self, look: Look) -> None:
        report = look(cookie="subscriber=gone")
        assert report.outcome is Outcome.UNJUDGED
        assert "fresh one" in report.summary

    @pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
    def test_a_page_that_is_not_given(self, look: Look, paper: Paper, status: int) -> None:
        paper.pages["/stories/shut"] = (status, "text/html", "<p>No.</p>")
        report = look(CANARY, path="/stories/shut")
        assert report.outcome is Outcome.UNJUDGED
        assert str(status) in report.summary
        assert ("turns programs away" in report.summary) == (status in (403, 429, 503))

    def test_an_address_where_nobody_answers(self, look: Look, paper: Paper) -> None:
        paper.address = "http://127.0.0.1:9"
        assert "ConnectError" in look(CANARY).summary

    def test_a_front_page(self, look: Look) -> None:
        assert "front page" in look(path="/").summary

    def test_too_few_requests(self, look: Look) -> None:
        assert "--max" in look(CANARY, most=5).summary


class TestWhatIsNoLeak:
    def test_what_every_page_says(self, look: Look, paper: Paper) -> None:
        paper.pages["/feed"] = 200, "application/rss+xml", f"<rss><item><p>{NAVIGATION}</p></item></rss>"
        assert look(cookie=SUBSCRIBER).outcome is Outcome.CLEAN

    def test_a_phrase_that_other_articles_have_too(self, look: Look, paper: Paper) -> None:
        paper.pages["/feed"] = (
            200,
            "application/rss+xml",
            f"<rss><item><p>{LOCKED[0][:30]} is another story.</p></item></rss>",
        )
        assert look(cookie=SUBSCRIBER).outcome is Outcome.CLEAN

    def test_the_preview_in_feeds_and_descriptions(self, look: Look, paper: Paper) -> None:
        paper.head = f'<meta name="description" content="{PREVIEW[0]}">'
        paper.pages["/feed"] = (
            200,
            "application/rss+xml",
            f"<rss><item><link>{paper.address}</link>{' '.join(PREVIEW)}</item></rss>",
        )
        for options in ({}, {"cookie": SUBSCRIBER}):
            assert look(**options).outcome is Outcome.CLEAN
