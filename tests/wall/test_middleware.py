"""The wall around any WSGI application: what it keeps, what it asks, and what it never lets out."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from paywall.gate.decision import ArticleName, Decision, Extent, Prompt, Reason, Verdict
from paywall.wall.middleware import Paywall

FULL = Decision(Extent.FULL, Reason.SUBSCRIBED)
SHUT = Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE)
TEXT = b"the whole text"
PREVIEW = b"a preview"


class Paper:
    """An application that keeps to the contract, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[tuple[str, str]] = [("Content-Type", "text/html"), ("ETag", '"full"'), ("X-Own", "1")]
        self.marks = [("Paywall-Article", "7"), ("Paywall-Version", "v1")]
        self.status = "200 OK"
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        decision = environ.get("paywall.decision")
        marks = self.marks if environ["PATH_INFO"].startswith(("/articles/", "/print/")) else []
        start_response(self.status, self.headers + marks)
        return Body(self, TEXT if isinstance(decision, Decision) and decision.is_full else PREVIEW)


class Body:
    def __init__(self, paper: Paper, text: bytes) -> None:
        self._paper, self._pieces = paper, iter([text[:3], text[3:]])

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        self._paper.closed += 1


class Desk:
    """A check that says what the test wants."""

    def __init__(self) -> None:
        self.verdict: Verdict | None = Verdict(FULL, 7, "v1", "en")
        self.asked: list[tuple[str, bool]] = []
        self.error: Exception | None = None

    def __call__(self, environ: dict[str, Any], name: ArticleName, *, counts: bool) -> Verdict | None:  # noqa: ARG002
        self.asked.append((name.id, counts))
        if self.error:
            raise self.error
        return self.verdict


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def wall(paper: Paper, desk: Desk) -> Paywall:
    return Paywall(paper, desk, articles_at="/articles/")


@pytest.fixture
def client(wall: Paywall) -> Client:
    return Client(wall, use_cookies=False)


class TestAGatedPage:
    def test_is_what_the_decision_says(self, client: Client, desk: Desk) -> None:
        assert client.get("/articles/a-story").data == TEXT
        desk.verdict = Verdict(SHUT, 7, "v1", "en")
        answer = client.get("/articles/a-story")
        assert answer.data == PREVIEW
        assert answer.headers["Paywall-Decision"] == "preview; reason=subscription_required"

    def test_is_asked_for_without_anything_of_the_reader_s(self, client: Client, paper: Paper) -> None:
        headers = {"Cookie": "session=x", "Range": "bytes=0-1", "If-None-Match": "*", "Authorization": "Basic x"}
        client.get("/articles/a-story?utm_source=x", headers=headers)
        (environ,) = paper.asked
        assert {key for key in environ if key.startswith("HTTP_")} == {"HTTP_HOST"}
        assert environ["QUERY_STRING"] == ""
        assert environ["paywall.decision"] is FULL

    def test_is_answered_from_memory_the_second_time(self, client: Client, paper: Paper) -> None:
        first, second = client.get("/articles/a-story"), client.get("/articles/a-story")
        assert len(paper.asked) == 1
        assert paper.closed == 1
        assert (first.data, list(first.headers)) == (second.data, list(second.headers))

    def test_has_our_headers_in_the_place_of_those_that_caches_go_by(self, client: Client) -> None:
        headers = client.get("/articles/a-story").headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Vary"] == "Cookie"
        assert headers["Content-Length"] == str(len(TEXT))
        assert headers["X-Own"] == "1"
        assert not {"ETag", "Paywall-Article", "Paywall-Version"} & set(headers.keys())

    def test_carries_this_answer_s_cookies_and_nobody_else_s(self, client: Client, desk: Desk) -> None:
        desk.verdict = Verdict(FULL, 7, "v1", "en", ("pass=mine; Path=/",), "meter")
        first = client.get("/articles/a-story")
        assert first.headers.getlist("Set-Cookie") == ["pass=mine; Path=/"]
        assert first.headers["Paywall-Degraded"] == "meter"
        desk.verdict = Verdict(FULL, 7, "v1", "en")
        second = client.get("/articles/a-story")
        assert not {"Set-Cookie", "Paywall-Degraded"} & set(second.headers.keys())

    @pytest.mark.parametrize(
        "other",
        [
            Verdict(FULL, 7, "v2", "en"),
            Verdict(FULL, 7, "v1", "az"),
            Verdict(SHUT, 7, "v1", "en"),
            Verdict(Decision(Extent.FULL, Reason.METERED, Prompt.NONE, 2), 7, "v1", "en"),
        ],
    )
    def test_of_another_kind_is_another_page(self, client: Client, desk: Desk, paper: Paper, other: Verdict) -> None:
        client.get("/articles/a-story")
        desk.verdict = other
        client.get("/articles/a-story")
        assert len(paper.asked) == 2

    def test_that_sets_a_cookie_is_not_kept_and_sets_none(self, client: Client, paper: Paper) -> None:
        paper.headers.append(("Set-Cookie", "session=somebody"))
        for _ in range(2):
            assert "Set-Cookie" not in client.get("/articles/a-story").headers
        assert len(paper.asked) == 2

    def test_of_an_unexpected_version_is_not_kept(self, client: Client, paper: Paper) -> None:
        paper.marks = [("Paywall-Article", "7"), ("Paywall-Version", "v2")]
        for _ in range(2):
            assert client.get("/articles/a-story").data == TEXT
        assert len(paper.asked) == 2

    def test_of_another_article_than_decided_on_never_leaves(self, client: Client, paper: Paper) -> None:
        paper.marks = [("Paywall-Article", "8"), ("Paywall-Version", "v1")]
        answer = client.get("/articles/a-story")
        assert (answer.status_code, answer.data) == (404, b"Not found.\n")
        assert paper.closed == 1

    def test_is_forgotten_on_demand(self, client: Client, wall: Paywall, paper: Paper) -> None:
        client.get("/articles/a-story")
        wall.forget_all()
        client.get("/articles/a-story")
        assert len(paper.asked) == 2

    def test_that_can_not_be_rendered_anew_is_shown_as_it_was(
        self, client: Client, wall: Paywall, paper: Paper
    ) -> None:
        client.get("/articles/a-story")
        wall.forget_all()
        paper.status, paper.marks = "503 Service Unavailable", []
        assert client.get("/articles/a-story").data == TEXT

    def test_that_never_was_rendered_is_replaced_by_one_that_shows_as_much(
        self, client: Client, desk: Desk, paper: Paper
    ) -> None:
        client.get("/articles/a-story")
        paper.status, paper.marks = "503 Service Unavailable", []
        desk.verdict = Verdict(Decision(Extent.FULL, Reason.METERED, Prompt.NONE, 2), 7, "v1", "en")
        answer = client.get("/articles/a-story")
        assert (answer.data, answer.headers["Paywall-Decision"]) == (TEXT, "full; reason=metered; left=2")
        desk.verdict = Verdict(SHUT, 7, "v1", "en")
        assert client.get("/articles/a-story").status_code == 503


class TestARequest:
    def test_that_counts_says_so(self, client: Client, desk: Desk) -> None:
        client.get("/articles/a-story")
        client.head("/articles/a-story")
        client.get("/articles/a-story", headers={"Sec-Purpose": "prefetch"})
        assert desk.asked == [("a-story", True), ("a-story", False), ("a-story", False)]

    def test_for_the_head_gets_the_headers_of_the_decision(self, client: Client, desk: Desk) -> None:
        desk.verdict = Verdict(SHUT, 7, "v1", "en")
        answer = client.head("/articles/a-story")
        assert answer.headers["Content-Length"] == str(len(PREVIEW))
        assert answer.data == b""

    def test_that_only_prefetches_gets_nothing_that_is_shut(self, client: Client, desk: Desk, paper: Paper) -> None:
        desk.verdict = Verdict(SHUT, 7, "v1", "en")
        answer = client.get("/articles/a-story", headers={"Purpose": "prefetch"})
        assert (answer.status_code, answer.data, paper.asked) == (503, b"", [])

    @pytest.mark.parametrize(
        "path",
        ["/articles/", "/articles/A-Story", "/articles/a/b", "/articles/a.html", "/articles/a%0A", "/articles/ä", "/"],
    )
    def test_for_another_path_is_not_asked_about(self, client: Client, desk: Desk, path: str) -> None:
        client.get(path)
        assert desk.asked == []

    def test_that_the_check_has_no_word_on_is_answered_inside(self, client: Client, desk: Desk, paper: Paper) -> None:
        desk.verdict, paper.status, paper.marks = None, "404 NOT FOUND", []
        assert client.get("/articles/a-story").status_code == 404

    def test_whose_check_fails_shows_a_preview_that_is_not_kept(self, client: Client, desk: Desk, paper: Paper) -> None:
        desk.error = RuntimeError("a defect")
        for _ in range(2):
            answer = client.get("/articles/a-story")
            assert (answer.status_code, answer.data) == (200, PREVIEW)
            assert answer.headers["Paywall-Decision"] == "preview; reason=database_unavailable"
        assert len(paper.asked) == 2


class TestTheBelt:
    @pytest.mark.parametrize("path", ["/articles/A-Story", "/articles/a.html", "/print/a-story"])
    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
    def test_an_article_that_was_not_gated_never_leaves(
        self, client: Client, paper: Paper, path: str, method: str
    ) -> None:
        answer = client.open(path, method=method)
        assert answer.status_code == 404
        assert PREVIEW not in answer.data
        assert paper.closed == 1

    def test_nor_when_the_check_had_no_word_on_it(self, client: Client, desk: Desk) -> None:
        desk.verdict = None
        assert client.get("/articles/a-story").status_code == 404

    def test_other_pages_pass_untouched(self, client: Client, paper: Paper) -> None:
        answer = client.get("/about?x=1", headers={"Cookie": "session=x"})
        assert answer.data == PREVIEW
        assert answer.headers["ETag"] == '"full"'
        assert paper.asked[0]["HTTP_COOKIE"] == "session=x"
        answer.close()
        assert paper.closed == 1

    def test_an_application_that_speaks_late_is_understood(self) -> None:
        def late(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:  # noqa: ARG001
            start_response("200 OK", [("Paywall-Article", "7")])
            yield TEXT

        assert Client(Paywall(late, Desk(), articles_at="/articles/")).get("/anywhere").status_code == 404

    def test_an_application_that_fails_before_its_first_piece_says_so(self) -> None:
        def failing(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            start_response("200 OK", [("Content-Type", "image/png")])
            yield b""
            start_response("500 Internal Server Error", [("Content-Type", "text/html")], (None, None, None))
            yield b"<p>Sorry.</p>"

        answer = Client(Paywall(failing, Desk())).get("/about")
        assert (answer.status_code, answer.mimetype, answer.text) == (500, "text/html", "<p>Sorry.</p>")

    def test_an_application_that_writes_is_understood(self) -> None:
        def writing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:  # noqa: ARG001
            start_response("200 OK", [])(b"first, ")
            return [b"second"]

        assert Client(Paywall(writing, Desk(), articles_at="/articles/")).get("/anywhere").data == b"first, second"
