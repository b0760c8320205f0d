"""An idempotency key: who asks again under the same key is told the same, for a day."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from paywall import clock
from paywall.api.check.once import CheckAnswer, Once
from paywall.app import Product
from tests.api.calling import VISITOR, Server
from tests.readers.browser import Browser


def ask(server: Server, key: str, article: str = "metered-0", **more: Any) -> TestResponse:
    question = {"article": article, "visitor": VISITOR, **more}
    return server.post("/v1/check", question, headers={"Idempotency-Key": key})


def kept(product: Product) -> int:
    with product.database.reading() as session:
        return session.scalar(select(func.count()).select_from(CheckAnswer)) or 0


class TestTheSameKey:
    def test_gets_the_same_answer_and_takes_one_view(self, server: Server) -> None:
        answers = [ask(server, "a") for _ in range(10)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.data for answer in answers}) == 1
        assert {answer.headers["Paywall-Decision"] for answer in answers} == {"full; reason=metered; left=2"}
        assert server.ask("metered-1", visitor=VISITOR)["viewsLeft"] == 1

    def test_gets_the_first_answer_even_where_it_would_be_another_by_now(self, server: Server) -> None:
        first = ask(server, "a")
        for number in (1, 2):
            server.ask(f"metered-{number}", visitor=VISITOR)
        assert ask(server, "a").data == first.data
        assert ask(server, "b").data != first.data

    def test_gets_the_same_from_calls_that_come_at_once(self, server: Server) -> None:
        start, answers = Barrier(8), list[TestResponse]()

        def call() -> None:
            start.wait()
            answers.append(ask(Server(server.app, server.key), "a"))

        threads = [Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({answer.data for answer in answers}) == 1
        assert server.ask("metered-1", visitor=VISITOR)["viewsLeft"] == 1

    @pytest.mark.parametrize("other", [{"article": "metered-1"}, {"visitor": "visitor-0002"}, {"count": False}])
    def test_with_another_question_is_refused_and_named(self, server: Server, other: dict[str, Any]) -> None:
        ask(server, "a")
        refused = ask(server, "a", **other)
        assert (refused.status_code, (refused.json or {})["code"]) == (422, "idempotency_key_used")
        assert "Idempotency-Key" in (refused.json or {})["detail"]

    def test_of_another_publisher_is_another_key(self, server: Server, rival: Server) -> None:
        ask(server, "a")
        assert ask(rival, "a", "rivals-own").status_code == 200

    def test_is_forgotten_after_a_day(self, server: Server, product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
        ask(server, "a")
        monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + timedelta(hours=24, seconds=1))
        Once(product.database).sweep()
        assert kept(product) == 0
        assert ask(server, "a", "metered-1").status_code == 200

    def test_holds_for_a_batch_too(self, server: Server) -> None:
        asked = {"checks": [{"article": f"metered-{number}", "visitor": VISITOR} for number in range(3)]}
        answers = [server.post("/v1/checks", asked, headers={"Idempotency-Key": "a"}) for _ in range(2)]
        assert answers[0].data == answers[1].data
        other = {"checks": asked["checks"][:2]}
        assert server.post("/v1/checks", other, headers={"Idempotency-Key": "a"}).status_code == 422


class TestAKeyThatAPageSends:
    """Who asks is said by cookies there, and no part of the question: another browser may ask the very same."""

    def test_gets_nobody_what_another_browser_was_told(
        self, page: Server, product: Product, entitle: Callable[..., None]
    ) -> None:
        payer = Browser(product.flask)
        payer.client = page.client
        payer.sign_up("payer@example.org")
        entitle(1)
        stranger = Server(page.app, page.key, origin=page.origin)
        asked, headers = {"article": "subscribers-0"}, {"Idempotency-Key": "a", "Sec-Fetch-Site": "same-site"}
        for path, question in (("/v1/check", asked), ("/v1/checks", {"checks": [asked]})):
            told = [one.post(path, question, headers=headers).text for one in (page, stranger, page)]
            assert ['"pass":"ey' in answer for answer in told] == [True, False, True]

    def test_has_the_browser_keep_its_cookie(self, page: Server) -> None:
        headers = {"Idempotency-Key": "a", "Sec-Fetch-Site": "same-site"}
        answer = page.post("/v1/check", {"article": "metered-0"}, headers=headers)
        assert answer.headers["Set-Cookie"].startswith("__Host-visitor=")


class TestAKeyThatIsNone:
    @pytest.mark.parametrize("key", ["", "x" * 256, "\u00e9", "a\tb"])
    def test_is_refused_by_the_headers_name(self, server: Server, key: str) -> None:
        refused = ask(server, key)
        assert refused.status_code == 400
        assert [error["field"] for error in (refused.json or {})["errors"]] == ["Idempotency-Key"]


class TestWithoutAKey:
    def test_nothing_is_kept(self, server: Server, product: Product) -> None:
        server.ask("metered-0", visitor=VISITOR)
        assert kept(product) == 0

    def test_what_was_refused_is_not_kept(self, server: Server, product: Product) -> None:
        assert ask(server, "a", "no-such").status_code == 404
        assert kept(product) == 0


class TestWithoutTheDatabase:
    @pytest.fixture
    def cut(self, product: Product) -> Iterator[Callable[[], None]]:
        def fail(*_: object) -> None:
            raise OperationalError("", {}, Exception("the database is gone"))

        yield lambda: event.listen(product.database.engine, "before_cursor_execute", fail)
        event.remove(product.database.engine, "before_cursor_execute", fail)

    def test_everybody_is_answered_anew(self, server: Server, cut: Callable[[], None]) -> None:
        server.ask("metered-0", visitor=VISITOR)
        cut()
        answers = [ask(server, "a") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert {answer.headers["Paywall-Decision"] for answer in answers} == {"full; reason=metered; left=2"}
