"""`/v1/checks`: up to a hundred questions at once, each answered as if it had come alone."""

from datetime import timedelta
from typing import Any

import pytest

from paywall import clock
from paywall.api.check.models import CheckResults
from paywall.api.ground import pace
from tests.api.calling import VISITOR, Server
from tests.api.conftest import MakeKey


def ask(server: Server, checks: Any) -> Any:
    return server.post("/v1/checks", {"checks": checks})


class TestABatch:
    def test_answers_each_question_in_its_place(self, server: Server, add: Any) -> None:
        add("withdrawn", withdrawn_at=clock.now() - timedelta(hours=1))
        names = ["metered-0", "no-such", "withdrawn", "metered-1", "subscribers-0"]
        answer = ask(server, [{"article": name, "visitor": VISITOR} for name in names])
        results = answer.json["results"]
        assert [one.get("error") or one["reason"] for one in results] == [
            "metered", "not_found", "gone", "metered", "subscription_required",
        ]  # fmt: skip
        assert [one["viewsLeft"] for one in (results[0], results[3])] == [2, 1]
        assert results[1] == {"article": "no-such", "url": None, "error": "not_found"}

    def test_has_exactly_the_shape_that_is_told(self, server: Server) -> None:
        raw = ask(server, [{"article": name, "visitor": VISITOR} for name in ("metered-0", "no-such")]).data
        assert CheckResults.model_validate_json(raw).model_dump_json(by_alias=True).encode() == raw

    def test_takes_no_more_views_than_there_are(self, server: Server) -> None:
        results = ask(server, [{"article": f"metered-{n}", "visitor": VISITOR} for n in range(8)]).json["results"]
        assert [one["extent"] for one in results].count("full") == 3

    def test_of_a_page_counts_as_one_visitor_s_and_has_the_browser_know_it(self, page: Server) -> None:
        checks = [{"article": f"metered-{number}"} for number in range(5)]
        answers = [page.post("/v1/checks", {"checks": checks}, headers={"Sec-Fetch-Site": "same-site"}) for _ in "ab"]
        for answer in answers:
            extents = [one["extent"] for one in (answer.json or {})["results"]]
            assert extents == ["full"] * 3 + ["preview"] * 2
        assert answers[0].headers["Set-Cookie"].startswith("__Host-visitor=")
        assert "Set-Cookie" not in answers[1].headers

    @pytest.mark.parametrize("size", [0, 101])
    def test_of_none_or_too_many_is_refused(self, server: Server, size: int) -> None:
        answer = ask(server, [{"article": "free-0"}] * size)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "checks")

    def test_of_a_hundred_is_answered(self, server: Server) -> None:
        assert len(ask(server, [{"article": "free-0"}] * 100).json["results"]) == 100

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"article": "a b"}, "checks.1.article"),
            ({"article": "free-0", "url": "https://a.example/"}, "checks.1.article"),
            ({"url": "x"}, "checks.1.url"),
            ({"artcle": "free-0"}, "checks.1.artcle"),
            ({"article": "free-0", "network": {"address": 1}}, "checks.1.network.address"),
            ("free-0", "checks.1"),
        ],
    )
    def test_with_a_bad_question_is_refused_by_its_place_and_takes_no_view(
        self, server: Server, wrong: Any, field: str
    ) -> None:
        answer = ask(server, [{"article": "metered-0", "visitor": VISITOR}, wrong])
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json["errors"]] == [field]
        assert server.ask("metered-1", visitor=VISITOR)["viewsLeft"] == 2

    def test_costs_the_pace_of_as_many_calls(
        self, server: Server, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pace, "monotonic", lambda: 7.0)
        small = Server(server.app, make_key(calls_per_second=10))
        assert ask(small, [{"article": "free-0"}] * 10).status_code == 200
        refused = ask(small, [{"article": "free-0"}])
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        monkeypatch.setattr(pace, "monotonic", lambda: 8.0)
        assert ask(small, [{"article": "free-0"}] * 11).status_code == 429
