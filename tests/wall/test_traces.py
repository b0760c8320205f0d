"""Whatever a text is hidden in, it is found; where it is not, nothing is."""

import base64
import codecs
import gzip
import html
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from paywall.wall.traces import Sought, is_in, letters

SENTENCE = "Beneath the sum she has chalked the names of three families with a baby, and a question mark in green."
RUSSIAN = "Под суммой она вывела мелом имена трёх семей, в которых есть грудной ребёнок, и зелёный вопрос."
AZERBAIJANI = "Məbləğin altında o, körpəsi olan üç ailənin adını təbaşirlə yazıb, yanında da yaşıl sual işarəsi var."
CHINESE = "在那个数字下面,她用粉笔写下了三个有婴儿的家庭的名字,还画了一个绿色的问号。"
HIDINGS: dict[str, Callable[[str], str | bytes]] = {
    "as it is": str,
    "in capitals, other spaces": lambda text: text.upper().replace(" ", "\n\u00a0"),
    "half of it": lambda text: text[len(text) // 2 :],
    "between tags": lambda text: text.replace(" ", "</i> <i class='x'>"),
    "every letter in a tag": lambda text: "".join(f"<b>{letter}</b>" for letter in text),
    "soft hyphens": "\u00ad".join,
    "words in a list": lambda text: json.dumps(text.split()),
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "entities in entities": lambda text: html.escape("".join(f"&#x{ord(letter):x};" for letter in text)),
    "url": lambda text: quote(text, safe=""),
    "json escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "json in json": lambda text: json.dumps(json.dumps({"body": f"<p>{text}</p>"})),
    "backwards": lambda text: text[::-1],
    "each letter the next one": lambda text: "".join(chr(ord(letter) + 1) for letter in text),
    "each letter the one before": lambda text: "".join(chr(ord(letter) - 1) for letter in text),
    "hex": lambda text: text.encode().hex(),
    "codes": lambda text: f"String.fromCharCode({', '.join(str(ord(letter)) for letter in text)})",
    "codes in hex": lambda text: ",".join(hex(ord(letter)) for letter in text),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 in lines": lambda text: base64.encodebytes(text.encode() * 3),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
    "base64 with its slashes escaped": lambda text: json.dumps(base64.b64encode(text.encode()).decode()).replace(
        "/", "\\/"
    ),
    "base64 backwards": lambda text: base64.b64encode(text.encode())[::-1],
    "base64 by thirteen": lambda text: codecs.encode(base64.b64encode(text.encode()).decode(), "rot13"),
    "base64 in base64": lambda text: base64.b64encode(base64.b64encode(text.encode())),
    "backwards in base64": lambda text: base64.b64encode(text[::-1].encode()),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())),
    "deflate in hex": lambda text: zlib.compress(text.encode()).hex(),
    "json in gzip in base64 in an attribute": lambda text: html.escape(
        json.dumps({"state": base64.b64encode(gzip.compress(json.dumps([text]).encode())).decode()})
    ),
}


class TestAText:
    @pytest.mark.parametrize("text", [SENTENCE, RUSSIAN, AZERBAIJANI, CHINESE], ids=["en", "ru", "az", "zh"])
    @pytest.mark.parametrize("hiding", HIDINGS)
    def test_is_found_hidden(self, hiding: str, text: str) -> None:
        hidden = HIDINGS[hiding](text)
        if isinstance(hidden, bytes) and hiding != "gzip":
            hidden = hidden.decode()
        page = hidden if isinstance(hidden, bytes) else f'<p>Preview.</p><div data-state="{hidden}"></div>'
        assert is_in(text, page)

    def test_by_thirteen_letters(self) -> None:
        assert is_in(SENTENCE, codecs.encode(SENTENCE, "rot13"))

    def test_half_of_a_sentence_in_few_letters(self) -> None:
        assert is_in(CHINESE, CHINESE[:18])

    def test_in_base64_of_two_bytes_a_letter(self) -> None:
        assert is_in(SENTENCE, base64.b64encode(SENTENCE.encode("utf-16")))

    def test_is_not_found_where_it_is_not(self) -> None:
        page = "<p>Beneath the sum there was nothing.</p>" + base64.b64encode(b"quite another sentence" * 9).decode()
        assert not is_in(SENTENCE, page)

    def test_quotation_marks_and_accents_make_no_difference(self) -> None:
        assert letters("“L’été”, d'œuvre\u200b…") == letters("l'ete d œuvre")
        assert letters("QIŞ ILIQ") == letters("qış ılıq")

    def test_a_short_one_is_found_as_a_whole_only(self) -> None:
        assert is_in("canary-7f3a", "state: CANARY 7F3A.")
        assert not is_in("canary-7f3a", "state: CANARY 7F3B.")


class TestWhatOfItWasFound:
    text = f"{SENTENCE} The second sentence is about something else, and it is not short either."

    def test_is_told_by_its_place(self) -> None:
        sought = Sought(self.text)
        first = len(letters(SENTENCE))
        assert sought.runs_in(f"… {SENTENCE} …") == [(0, first)]
        assert sought.runs_in(SENTENCE[::-1]) == [(0, first)]
        assert sought.runs_in("it is about something else, and it is not so") == [(first + 17, first + 48)]

    def test_several_runs_are_told_each(self) -> None:
        runs = Sought(self.text).runs_in(f"{SENTENCE[:50]} – and then – {self.text[-50:]}")
        assert len(runs) == 2

    def test_what_everybody_may_read_is_no_trace(self) -> None:
        sought = Sought(self.text, shown=f"A teaser: {SENTENCE[:40]}")
        assert sought.runs_in(SENTENCE[:40]) == []
        assert sought.runs_in(SENTENCE) != []
