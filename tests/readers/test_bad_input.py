"""The table of bad input for sign-up and sign-in, row by row: nothing is a 500, nothing is half-stored."""

import ast
import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from _pytest.mark import ParameterSet
from werkzeug.test import TestResponse

from paywall.app import Product
from tests.readers.browser import PASSWORD, Browser
from tests.readers.stored import mails, readers, sign_ins

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"SIG": "/signup", "LOG": "/login"}
PARTS = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 5000 + b"--b--\r\n"
UNENDED = b"--b\r\nContent-Disposition: form-data; name=email\r\n\r\na@e.co"


def rows() -> list[dict[str, str]]:
    with (ROOT / "cases" / "signup_login.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows_of(*kinds: str) -> list[ParameterSet]:
    return [pytest.param(row, id=row["id"]) for row in rows() if row["kind"] in kinds]


def literal(text: str) -> str | bytes:
    """Read a row's input: texts and bytes as Python writes them, joined by + and repeated by *."""
    return _value(ast.parse(text, mode="eval").body)


def _value(node: ast.expr) -> str | bytes:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _value(node.left) + _value(node.right)  # type: ignore[operator]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _value(node.left) * int(ast.literal_eval(node.right))
    value = ast.literal_eval(node)
    assert isinstance(value, str | bytes)
    return value


def page_of(row: dict[str, str]) -> str:
    return PAGES[row["id"][:3]]


def assert_nothing_happened(product: Product, answer: TestResponse, row: dict[str, str]) -> None:
    assert answer.status_code == int(row["answer"])
    assert not readers(product)
    assert not sign_ins(product)
    assert not mails(product)


class TestAHostileValue:
    @pytest.mark.parametrize("row", rows_of("email", "password"))
    def test_it_is_answered_as_the_table_says(self, product: Product, browser: Browser, row: dict[str, str]) -> None:
        fields = {"email": "reader@example.com", "password": PASSWORD, row["kind"]: literal(row["input"])}
        answer = browser.post(page_of(row), "&".join(f"{k}={quote(v)}" for k, v in fields.items()).encode())
        assert_nothing_happened(product, answer, row)

    @pytest.mark.parametrize("row", [param for param in rows_of("email") if str(param.id).startswith("LOG")])
    def test_at_sign_in_it_is_no_better_as_a_password(
        self, product: Product, browser: Browser, row: dict[str, str]
    ) -> None:
        fields = {"email": "reader@example.com", "password": literal(row["input"])}
        answer = browser.post("/login", "&".join(f"{k}={quote(v)}" for k, v in fields.items()).encode())
        assert_nothing_happened(product, answer, row)

    @pytest.mark.parametrize("row", rows_of("email"))
    def test_what_was_typed_is_never_taken_for_markup(self, browser: Browser, row: dict[str, str]) -> None:
        answer = browser.post(page_of(row), f"email={quote(literal(row['input']))}&password=x".encode())
        assert "<script>" not in answer.text
        assert '" onmouseover' not in answer.text


class TestABodyThatIsNoForm:
    @pytest.mark.parametrize("row", rows_of("form"))
    def test_fields_sent_twice_or_as_lists(self, product: Product, browser: Browser, row: dict[str, str]) -> None:
        assert_nothing_happened(product, browser.post(page_of(row), row["input"].encode()), row)

    @pytest.mark.parametrize("row", rows_of("json"))
    def test_json(self, product: Product, browser: Browser, row: dict[str, str]) -> None:
        body = literal(row["input"]) if "*" in row["input"] else row["input"]
        assert isinstance(body, str)
        assert_nothing_happened(product, browser.post_body(page_of(row), body.encode(), "application/json"), row)

    @pytest.mark.parametrize("row", rows_of("text/plain"))
    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded; charset=utf-16"])
    def test_other_types(self, product: Product, browser: Browser, row: dict[str, str], content_type: str) -> None:
        answer = browser.post_body(page_of(row), row["input"].encode(), content_type)
        assert_nothing_happened(product, answer, row)

    @pytest.mark.parametrize("row", rows_of("multipart"))
    @pytest.mark.parametrize("body", [PARTS, UNENDED], ids=["5,000 parts", "no last boundary"])
    def test_multipart(self, product: Product, browser: Browser, row: dict[str, str], body: bytes) -> None:
        answer = browser.post_body(page_of(row), body, "multipart/form-data; boundary=b")
        assert_nothing_happened(product, answer, row)

    @pytest.mark.parametrize("row", rows_of("nothing"))
    def test_nothing_at_all(self, product: Product, browser: Browser, row: dict[str, str]) -> None:
        assert_nothing_happened(product, browser.post_body(page_of(row), b"", ""), row)

    @pytest.mark.parametrize("row", rows_of("gzip"))
    def test_a_packed_body(self, product: Product, browser: Browser, row: dict[str, str]) -> None:
        headers = {"Content-Encoding": "gzip"}
        bomb = gzip.compress(b"x" * 10_000_000)
        answer = browser.post(page_of(row), bomb, headers=headers)
        assert_nothing_happened(product, answer, row)


class TestTheTable:
    def test_every_row_that_tells_a_story_is_told_by_a_test(self) -> None:
        told = set[str]()
        for path in Path(__file__).parent.glob("test_*.py"):
            told.update(re.findall(r"# ((?:SIG|LOG)-\w+)", path.read_text()))
        assert {row["id"] for row in rows() if row["kind"] == "story"} == told

    def test_its_inputs_mean_what_they_say(self) -> None:
        assert literal("'e' + '\\u0301' * 3") == "e\u0301\u0301\u0301"
        assert literal("b'\\xff'") == b"\xff"


class TestTheRightWayIn:
    """The control: the same form, filled in well, is taken."""

    def test_a_good_form_opens_an_account(self, product: Product, new_browser: Callable[..., Browser]) -> None:
        assert new_browser().post("/signup", b"email=a%40e.co&password=a+good+password").status_code == 303
        assert new_browser().post("/login", b"email=a%40e.co&password=a+good+password").status_code == 303
        assert len(readers(product)) == 1
