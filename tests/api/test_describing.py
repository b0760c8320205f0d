"""The interface describes itself: to programs as OpenAPI 3.1, to people as a page."""

import html
import json
import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from paywall.api.ground.routes import Route
from paywall.api.routes import ROUTES
from paywall.app import Product
from tests.api.calling import Server
from tests.gate.conftest import add_article
from tests.gate.visits import Browser


@pytest.fixture
def document(browser: Browser) -> dict[str, Any]:
    answer = browser.get("/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.text)
    return found


def _v1_rules(app: Flask) -> set[tuple[str, str]]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")]
    return {
        (method, rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}"))
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule != "/v1/openapi.json"
    }


class TestForPrograms:
    def test_it_names_every_route_and_no_other(self, document: dict[str, Any], product: Product) -> None:
        named = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
        early = {(route.method, route.path) for route in ROUTES if isinstance(route, Route) and route.is_before_flask}
        assert named == _v1_rules(product.flask) | early

    def test_its_schemas_are_json_schemas_that_check_what_they_describe(self, document: dict[str, Any]) -> None:
        for name, schema in document["components"]["schemas"].items():
            Draft202012Validator.check_schema(schema)
            assert schema.get("description"), name

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        for reference in _references(document):
            assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"], reference

    def test_every_operation_has_a_name_of_its_own_and_says_what_else_it_answers(
        self, document: dict[str, Any]
    ) -> None:
        operations = [one for methods in document["paths"].values() for one in methods.values()]
        names = [one["operationId"] for one in operations]
        assert len(names) == len(set(names))
        for one in operations:
            problems = [answer for status, answer in one["responses"].items() if status >= "400"]
            assert problems
            assert all("application/problem+json" in answer["content"] for answer in problems)

    def test_an_answer_is_as_described(self, document: dict[str, Any], server: Server) -> None:
        schema = {**document["components"]["schemas"]["CheckAnswer"], "components": document["components"]}
        Draft202012Validator(schema).validate(server.ask("free-0"))
        refused = {**document["components"]["schemas"]["Problem"], "components": document["components"]}
        Draft202012Validator(refused).validate(server.post("/v1/check", {"article": ""}).json)


class TestForPeople:
    def test_the_page_shows_each_operation_with_a_command_to_copy(self, browser: Browser) -> None:
        page = browser.get("/docs")
        assert page.status_code == 200
        for route in ROUTES:
            assert f'id="{route.name}"' in page.text
        assert page.text.count("curl -X") == len(ROUTES)
        assert "{" not in "".join(re.findall(r"curl -X \S+ (\S+)", page.text))
        assert "<script" not in page.text
        assert "style=" not in page.text

    def test_a_question_asked_by_query_is_one_that_is_answered(
        self, browser: Browser, server: Server, product: Product
    ) -> None:
        asked = _copied(browser, product, r"curl -X GET '[^?]*(/v1/check\?[^']*)'")
        assert server.call("GET", asked[1]).status_code == 200

    def test_a_proxy_s_question_shows_the_header_that_it_needs(
        self, browser: Browser, server: Server, product: Product
    ) -> None:
        asked = _copied(browser, product, r"/v1/authorize \\\s+-H [^\\]+\\\s+-H '(X-Original-URI): ([^']+)'")
        assert server.call("GET", "/v1/authorize", headers={asked[1]: asked[2]}).status_code == 204

    def test_the_fields_of_what_stands_inside_are_shown_once(self, browser: Browser) -> None:
        page = browser.get("/docs").text
        assert "<code>network.userAgent</code>" in page
        assert "<code>results[].error</code>" in page
        assert "list of objects as at POST /v1/check" in page
        assert "<code>checks[].article</code>" not in page


def _copied(browser: Browser, product: Product, pattern: str) -> re.Match[str]:
    """Return what is copied from the page, where the article of its examples is known."""
    add_article(product.database, 1, "harbour-2026-11-27")
    product.follower.poll()
    copied = re.search(pattern, html.unescape(browser.get("/docs").text))
    assert copied, "the page shows no such command"
    return copied


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []
