"""What every call stands on: strict JSON, problems that name the field, keys, pace, and pages of known origins."""

import json
from io import BytesIO
from typing import Any

import pytest
from structlog import get_logger

from paywall import logs
from paywall.api.ground import front, pace
from paywall.api.ground.reading import CutOff, NotAcceptable, TooLarge, judge_accept, parse_object, read_json
from paywall.app import Product
from paywall.publishers.keys.rules import Scope
from paywall.web import error_pages
from paywall.web.problems import BadFields
from tests.api.calling import SITE, Server
from tests.api.conftest import MakeKey


class TestJson:
    @pytest.mark.parametrize(
        "raw",
        [
            b"", b"{", b"[]", b'"x"', b"1", b"null", b"\xff", b"\xef\xbb\xbf{}", b'{"a": NaN}', b'{"a": Infinity}',
            b'{"a": 1e309}', b'{"a": 1, "a": 2}', b'{"b": {"a": 1, "a": 2}}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}',
            b'{"\\u0000": 1}', b"{'a': 1}", b'{"a": 1,}', b'{"a": 01}', b'{"a": 1_0}', b'{"a": 1} {}',
            b'{"a": ' + b"[" * 100_000, b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}",
            b'{"a": ' + b"9" * 5000 + b"}",
        ],
        ids=lambda raw: raw[:24].decode("latin-1"),
    )  # fmt: skip
    def test_that_is_not_as_it_should_be_is_refused(self, raw: bytes) -> None:
        with pytest.raises(BadFields) as refused:
            parse_object(raw)
        assert refused.value.errors[0].field == "body"

    @pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
    def test_that_can_just_be_read_but_not_written_again_is_refused_too(self, opening: bytes) -> None:
        closing = b"]" if opening == b"[" else b"}"
        for depth in range(700, 1_000):
            inner = opening * depth + b"1" + closing * depth
            with pytest.raises(BadFields):
                parse_object(b'{"b": "\\u0041", "c": ' + inner + b"}")

    @pytest.mark.parametrize(
        "said", [{}, {"a": {"b": [1, None, True, 1.5]}}, {"a": "\u00e9\U0001f600\\u0000"}, {"a": [[[[[[]]]]]]}]
    )
    def test_that_is_arrives_as_it_was_sent(self, said: dict[str, Any]) -> None:
        for ascii_only in (True, False):
            assert parse_object(json.dumps(said, ensure_ascii=ascii_only).encode()) == said

    @pytest.mark.parametrize("length", ["x", "-1", "1_0", "\uff11", "99"])
    def test_is_read_to_the_length_that_was_said(self, length: str) -> None:
        environ = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"{}")}
        with pytest.raises(CutOff):
            read_json(environ)

    @pytest.mark.parametrize("said", [{"CONTENT_LENGTH": "101"}, {"wsgi.input_terminated": True}])
    def test_is_read_no_further_than_is_taken(self, said: dict[str, Any]) -> None:
        body = BytesIO(b" " * 10_000)
        with pytest.raises(TooLarge):
            read_json({"CONTENT_TYPE": "application/json", "wsgi.input": body, **said}, 100)
        assert body.tell() <= 101

    @pytest.mark.parametrize(
        "kind", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
    )
    def test_may_say_its_type_in_several_ways(self, kind: str) -> None:
        environ = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": "2", "wsgi.input": BytesIO(b"{}")}
        assert read_json(environ) == {}

    @pytest.mark.parametrize(
        "kind",
        [
            "",
            "text/json",
            "application/json; charset=latin-1",
            "application/jsonx",
            "application/x-www-form-urlencoded",
        ],
    )
    def test_that_does_not_say_so_is_none(self, server: Server, kind: str) -> None:
        answer = server.post("/v1/check", {"article": "free-0"}, content_type=kind)
        assert (answer.status_code, (answer.json or {})["code"]) == (415, "not_json")


class TestAccepting:
    @pytest.mark.parametrize(
        "accept",
        ["text/html", "*/*", "application/json;q=0.1", "*/*;q=0, application/json", "application/*;q=1, */*;q=0"],
    )
    def test_anything_that_lets_json_in_is_good(self, accept: str) -> None:
        judge_accept({"HTTP_ACCEPT": accept})

    @pytest.mark.parametrize(
        "accept", ["*/*;q=0", "application/json;q=0, */*", "application/*; q=0.000", "text/html, */*;q=0"]
    )
    def test_refusing_json_in_so_many_words_is_a_406(self, accept: str) -> None:
        with pytest.raises(NotAcceptable):
            judge_accept({"HTTP_ACCEPT": accept})


class TestAProblem:
    @pytest.mark.parametrize("path", ["/v1/", "/v1/nowhere", "/v1/check/", "/v1/readers/a/b"])
    def test_answers_an_address_where_nothing_is(self, server: Server, path: str) -> None:
        answer = server.call("GET", path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert (answer.json or {})["code"] == "not_found"

    @pytest.mark.parametrize(
        ("method", "path"), [("DELETE", "/v1/check"), ("PUT", "/v1/checks"), ("PATCH", "/v1/authorize")]
    )
    def test_answers_a_method_that_is_not_for_this(self, server: Server, method: str, path: str) -> None:
        answer = server.call(method, path)
        assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
        assert answer.headers["Allow"]
        assert (answer.json or {})["title"] == "Method Not Allowed"

    def test_answers_a_head_without_a_body(self, server: Server) -> None:
        answer = server.call("HEAD", "/v1/check?article=free-0")
        assert (answer.status_code, answer.data) == (405, b"")

    @pytest.mark.parametrize("path", ["/v1/check", "/v1/checks"])
    def test_answers_a_failure_of_ours_and_says_nothing_of_it(
        self,
        server: Server,
        product: Product,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        path: str,
    ) -> None:
        logs.configure("info")
        for module in (front, error_pages):
            monkeypatch.setattr(module, "log", get_logger())
        monkeypatch.setattr(product.gate.gate, "check_access", _fail)
        question = {"article": "free-0", "reader": "A" * 76}
        answer = server.post(path, {"checks": [question]} if path.endswith("s") else question)
        assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
        assert "disk on fire" not in answer.text
        written = capsys.readouterr().err
        assert "disk on fire" in written
        for secret in (server.key[6:], "A" * 76):
            assert secret not in written

    def test_names_every_field_that_is_wrong(self, server: Server) -> None:
        answer = server.post("/v1/check", {"article": 1, "vistor": "x", "count": "yes"})
        said = answer.json or {}
        assert (said["status"], said["title"], said["code"]) == (400, "Bad Request", "bad_input")
        assert {error["field"]: error["message"] for error in said["errors"]} == {
            "article": "Give text.",
            "vistor": "There is no such field.",
            "count": "Give true or false.",
        }

    def test_is_for_pages_to_read_too(self, page: Server) -> None:
        answer = page.post("/v1/check", {"article": "no-such"})
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (404, page.origin)


class TestAKey:
    def test_is_good_for_what_it_is_for(self, server: Server, make_key: MakeKey) -> None:
        other = Server(server.app, make_key(Scope.ARTICLES))
        answer = other.post("/v1/check", {"article": "free-0"})
        assert (answer.status_code, (answer.json or {})["code"]) == (403, "scope_missing")
        assert "check" in (answer.json or {})["detail"]

    def test_that_is_secret_is_not_for_pages(self, server: Server) -> None:
        answer = server.post("/v1/check", {"article": "free-0"}, headers={"Origin": "https://news.test"})
        assert (answer.status_code, (answer.json or {})["code"]) == (403, "origin_refused")

    @pytest.mark.parametrize(
        "query", ["key=x", "api_key=x", "apikey=x", "article=free-0&key=x", "q=pw_sk_x", "x=pw_pk_x"]
    )
    def test_has_no_place_in_an_address(self, server: Server, query: str) -> None:
        for path in ("/v1/check", "/v1/checks"):
            answer = server.call("POST", f"{path}?{query}", json={"article": "free-0"})
            assert answer.status_code == 400
            assert (answer.json or {})["errors"][0]["field"] == "key"

    def test_is_asked_for_before_anything_is_read(self, server: Server) -> None:
        server.key = "x"
        assert server.post("/v1/check", b"{", content_type="text/plain").status_code == 401


class TestThePace:
    def test_is_told_with_every_answer(
        self, server: Server, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pace, "monotonic", lambda: 7.0)
        slow = Server(server.app, make_key(calls_per_second=3))
        answers = [slow.post("/v1/check", {"article": name}) for name in ("free-0", "no-such", "free-0", "free-0")]
        assert [answer.status_code for answer in answers] == [200, 404, 200, 429]
        assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"3"}
        assert answers[-1].headers["Retry-After"] == "1"

    def test_begins_anew_each_second(self, server: Server, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = Server(server.app, make_key(calls_per_second=1))
        for second in (1.0, 2.0, 3.0):
            monkeypatch.setattr(pace, "monotonic", lambda now=second: now)
            assert slow.post("/v1/check", {"article": "free-0"}).status_code == 200

    def test_of_one_key_is_not_that_of_another(
        self, server: Server, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pace, "monotonic", lambda: 7.0)
        first, second = (Server(server.app, make_key(calls_per_second=1)) for _ in range(2))
        assert [one.post("/v1/check", {"article": "free-0"}).status_code for one in (first, first, second)] == [
            200,
            429,
            200,
        ]

    def test_of_pages_is_each_network_s_own_so_that_nobody_uses_up_a_key_that_everybody_has(
        self, page: Server, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pace, "monotonic", lambda: 7.0)
        small = Server(page.app, make_key(is_publishable=True, calls_per_second=2), origin=page.origin)

        def ask(address: str, path: str = "/v1/check", **more: str) -> int:
            question = {"article": "free-0"} if path == "/v1/check" else {"checks": [{"article": "free-0"}] * 2}
            where = {"REMOTE_ADDR": address}
            return small.post(path, question, environ_overrides=where, headers=more).status_code

        assert [ask("192.0.2.1"), ask("192.0.2.2"), ask("192.0.2.3")] == [200, 200, 429]
        assert ask("192.0.2.1", **{"X-Forwarded-For": "198.51.100.1"}) == 429
        assert [ask("198.51.100.1", "/v1/checks"), ask("198.51.100.1")] == [200, 429]


class TestAPreflight:
    @pytest.mark.parametrize("path", ["/v1/check", "/v1/checks", "/v1/content/free-0"])
    def test_of_a_page_of_the_publisher_is_let_through(self, page: Server, path: str) -> None:
        answer = page.client.options(path, base_url="https://news.test", headers={"Origin": SITE})
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == SITE
        assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type, Idempotency-Key"

    @pytest.mark.parametrize("path", ["/v1/check", "/v1/content/free-0"])
    @pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{SITE}.evil.example", "", None])
    def test_of_any_other_page_is_not(self, page: Server, path: str, origin: str | None) -> None:
        headers = {} if origin is None else {"Origin": origin}
        answer = page.client.options(path, base_url="https://news.test", headers=headers)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]

    def test_at_a_host_of_nobody_is_not(self, page: Server) -> None:
        answer = page.client.options("/v1/check", base_url="https://nobody.test", headers={"Origin": SITE})
        assert "Access-Control-Allow-Origin" not in answer.headers

    def test_of_what_is_for_servers_alone_is_not(self, page: Server) -> None:
        answer = page.client.options("/v1/readers/token", base_url="https://news.test", headers={"Origin": SITE})
        assert "Access-Control-Allow-Origin" not in answer.headers


def _fail(*_: Any, **_more: Any) -> Any:
    raise RuntimeError("disk on fire")
