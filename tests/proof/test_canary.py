"""The search for the canary on a small paper, and the detector on leaks that were planted."""

import base64
import codecs
import gzip
import html
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Response, request

from tests.proof import surfaces
from tests.proof.canary import search
from tests.proof.courier import Courier, courier
from tests.proof.detector import Detector

SENTENCE = "Beneath the sum she has chalked the names of three families with a baby, and a question mark in green."
HIDINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": bytes,
    "in capitals, other spaces": lambda text: text.upper().replace(b" ", b"\n "),
    "half of it": lambda text: text[40:],
    "between tags": lambda text: text.replace(b" ", b"</i> <i>"),
    "entities": lambda text: "".join(f"&#{byte};" for byte in text).encode(),
    "entities, half": lambda text: html.escape(text.decode()).replace("e", "&#101;").encode(),
    "url": lambda text: quote(text).encode(),
    "json escapes": lambda text: "".join(f"\\u{byte:04x}" for byte in text).encode(),
    "rot13": lambda text: codecs.encode(text.decode(), "rot13").encode(),
    "backwards": lambda text: text[::-1],
    "hex": lambda text: text.hex().encode(),
    "base64": base64.b64encode,
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text).rstrip(b"="),
    "gzip": gzip.compress,
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text)),
    "deflate in hex": lambda text: zlib.compress(text).hex().encode(),
    "backwards in base64": lambda text: base64.b64encode(text[::-1]),
    "base64 in json": lambda text: json.dumps({"state": base64.b64encode(text).decode()}).encode(),
}


class TestTheDetector:
    @pytest.mark.parametrize("hiding", HIDINGS)
    def test_finds_a_sentence_hidden(self, hiding: str) -> None:
        hidden = HIDINGS[hiding](SENTENCE.encode())
        page = hidden if hiding == "gzip" else b'<p>Preview.</p><div data-state="' + hidden + b'"></div>'
        assert Detector({"school": SENTENCE}).found_in(page) == {"school"}

    def test_finds_nothing_where_there_is_nothing(self) -> None:
        page = b"<p>Beneath the sum there was nothing.</p>" + base64.b64encode(b"quite another sentence" * 9)
        assert Detector({"school": SENTENCE}).found_in(page) == frozenset()


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Courier]:
    """One article of each level behind a wall."""
    with courier(tmp_path_factory.mktemp("courier"), articles_per_level=1) as made:
        yield made


@pytest.fixture
def leaks(paper: Courier) -> Iterator[list[Callable[[Response], None]]]:
    """What is planted here spoils every answer of the application inside."""
    planted: list[Callable[[Response], None]] = []

    def spoil(response: Response) -> Response:
        for leak in planted:
            leak(response)
        return response

    functions = paper.shop.product.flask.after_request_funcs.setdefault(None, [])
    functions.append(spoil)
    paper.shop.product.wall.forget_all()
    yield planted
    functions.remove(spoil)
    paper.shop.product.wall.forget_all()


class TestTheCanary:
    def test_is_on_no_surface_and_on_the_page_of_an_entitled_reader(self, paper: Courier) -> None:
        report = search(paper)
        assert report.is_good, str(report)
        assert report.opened == report.articles == 3
        assert [row.name for row in report.rows] == [person.name for person in paper.people]
        assert all(row.surfaces > 300 and row.pages > 50 and row.heads >= 2 for row in report.rows)

    def test_is_caught_where_a_view_leaks_it(
        self, paper: Courier, leaks: list[Callable[[Response], None]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = paper.articles[0]
        places = ["/feed.xml", "/robots.txt", one.path, "/no-such-page"]

        def leak(response: Response) -> None:
            if request.path == places[0]:
                response.set_data(response.get_data() + base64.b64encode(gzip.compress(one.canary.encode())))
            elif request.path == places[1]:
                response.headers["X-Teaser"] = quote(one.canary)
            elif request.path in places[2:] and request.method == "GET":
                response.set_data(response.get_data() + one.canary.encode().hex().encode())

        leaks.append(leak)
        monkeypatch.setattr(surfaces, "GUESSES", ("/no-such-page",))
        spent = next(person for person in paper.people if person.name == "visitor, allowance spent")
        report = search(replace(paper, people=[spent], articles=[one]))
        assert not report.is_good
        caught = "\n".join(report.rows[0].leaks)
        assert [place for place in places if f"GET {place}:" in caught] == places
        assert f"GET {one.path}?print=1: {one.slug}" in caught
