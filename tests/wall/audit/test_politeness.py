"""The audit asks nobody else, does nothing but ask, says who it is, and keeps the reader's cookie to itself."""

import json
import time
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from paywall.wall.audit import BadPlan, Limits, Outcome, Plan, audit
from paywall.wall.audit.asking.site import site_of
from tests.wall.audit.conftest import Look
from tests.wall.audit.paper import CANARY, PATH, SUBSCRIBER, Environ, Paper, Reply, serve


class TestTheSite:
    @pytest.mark.parametrize(
        ("address", "found", "is_asked"),
        [
            ("https://www.paper.example/a", "/b", True),
            ("https://www.paper.example/a", "https://paper.example/b", True),
            ("https://www.paper.example/a", "https://amp.paper.example/b", True),
            ("https://www.paper.example/a", "https://paper.example.evil.example/b", False),
            ("https://www.paper.example/a", "https://notpaper.example/b", False),
            ("https://www.paper.example/a", "https://paper.example@evil.example/b", False),
            ("https://www.paper.example/a", "//evil.example/b", False),
            ("https://www.paper.example/a", "javascript:alert(1)", False),
            ("https://www.paper.example/a", "mailto:desk@paper.example", False),
            ("https://www.paper.example/a", "http://[::1", False),
            ("https://www.paper.example/a", "/account/log-out", False),
            ("https://www.paper.example/a", "/newsletter/unsubscribe?id=1", False),
            ("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/b", False),
            ("http://127.0.0.1:8000/a", "http://1.127.0.0.1/b", False),
            ("http://localhost:8000/a", "http://evil.localhost:8000/b", False),
        ],
    )
    def test_is_the_host_its_twin_and_the_hosts_below(self, address: str, found: str, is_asked: bool) -> None:
        assert (site_of(address).resolve(found) is not None) == is_asked

    @pytest.mark.parametrize(
        "address", ["", "ftp://paper.example/", "https://", "https:///a", "https://paper.example:x/"]
    )
    def test_an_address_that_is_none_is_refused(self, address: str) -> None:
        with pytest.raises(BadPlan):
            Plan(address)

    def test_credentials_of_a_site_that_is_not_public_yet_are_sent_and_not_told(self, paper: Paper) -> None:
        address = paper.address.replace("http://", "http://desk:secret@") + PATH
        report = audit(Plan(address, (CANARY,), limits=Limits(40, 10_000)))
        assert all("HTTP_AUTHORIZATION" in asked for asked in paper.asked)
        assert "secret" not in json.dumps(report.as_json())


class TestWhatIsAsked:
    def test_is_only_read_and_never_ends_a_session(self, paper: Paper, look: Look) -> None:
        look(CANARY)
        assert {asked["REQUEST_METHOD"] for asked in paper.asked} == {"GET", "HEAD"}
        assert not any("logout" in asked["PATH_INFO"] for asked in paper.asked)

    def test_leads_nowhere_else(self, paper: Paper, look: Look) -> None:
        elsewhere: list[Environ] = []

        def other(environ: Environ, _: object) -> list[bytes]:
            elsewhere.append(environ)
            raise AssertionError

        with serve(other) as foreign:
            paper.head = f'<link rel="amphtml" href="{foreign}/amp"><script src="{foreign}/a.js"></script>'
            paper.body = f'<div data-url="{foreign}/api/articles/1"></div><a href="{foreign}{PATH}">x</a>'
            paper.pages[f"{PATH}?print=1"] = lambda _: (302, "text/html", "", {"Location": f"{foreign}/x"})
            paper.pages["/robots.txt"] = 200, "text/plain", f"Sitemap: {foreign}/sitemap.xml"
            assert look(CANARY).outcome is Outcome.CLEAN
        assert elsewhere == []

    def test_says_who_asks_where_it_plays_nobody(self, paper: Paper, look: Look) -> None:
        look(CANARY, most=40)
        assert "paywall-audit" in paper.asked[0]["HTTP_USER_AGENT"]

    def test_is_never_more_than_was_allowed(self, paper: Paper, look: Look) -> None:
        report = look(CANARY, most=60)
        assert report.requests == len(paper.asked) == 60
        assert report.is_cut_short

    def test_ends_when_its_time_is_over(self, paper: Paper) -> None:
        clock = iter(range(0, 10_000, 7))  # each request takes its seconds
        with patch.object(time, "sleep"), patch.object(time, "monotonic", lambda: float(next(clock))):
            report = audit(Plan(paper.address + PATH, (CANARY,), limits=Limits(600, 10_000, minutes=8)))
        assert report.is_cut_short
        assert 0 < report.requests == len(paper.asked) < 100
        assert "Not everything was asked: 8 minutes were over. Raise the limit with --minutes." in report.notes

    def test_comes_at_the_rate_that_was_asked_for(self, paper: Paper) -> None:
        waited: list[float] = []
        with patch.object(time, "sleep", waited.append), patch.object(time, "monotonic", lambda: 100.0):
            audit(Plan(paper.address + PATH, (CANARY,), limits=Limits(30, 4.0)))
        assert waited[:3] == [0.25, 0.5, 0.75]

    def test_waits_where_the_site_asks_for_it(self, paper: Paper, look: Look) -> None:
        answers: Iterator[Reply] = iter([(429, "text/html", "", {"Retry-After": "0"})])

        def page(_: Environ) -> Reply:
            return next(answers, (200, "text/html", "<html><p>Here is the preview of it.</p></html>"))

        paper.pages["/stories/busy"] = page
        assert look(CANARY, path="/stories/busy", most=60).outcome is Outcome.CLEAN


class TestTheEntitledReader:
    def test_is_played_on_the_article_only_and_told_to_nobody(self, paper: Paper, look: Look) -> None:
        report = look(cookie=SUBSCRIBER)
        with_cookie = [asked for asked in paper.asked if SUBSCRIBER in asked.get("HTTP_COOKIE", "")]
        assert 3 <= len(with_cookie) <= 6
        assert "anna-7" not in json.dumps(report.as_json())
        assert "anna-7" not in repr(Plan(paper.address, cookie=SUBSCRIBER))

    def test_a_cookie_of_two_lines_is_refused(self) -> None:
        with pytest.raises(BadPlan):
            Plan("https://paper.example/a", cookie="a=b\r\nX-Evil: 1")
