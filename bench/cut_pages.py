"""Newspaper pages that nobody here wrote, each through the middleware: as somebody who may read it, and who may not.

`python -m bench.cut_pages` has pip download newspaper4k's source archive into a temporary folder. `newspaper_pages.tsv`
names each page's selector; it was written before there was a cutter. Text after the cut is every sentence of what the
selector names that is neither in the preview nor in the headline. It is looked for in all that is sent, by the detector
of the suite's canary test, which shares nothing with the cutter: raw, escaped, encoded, packed, in pieces between tags.
Ends with status 1 if anything is not as it must be.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import Client, TestResponse

from bench.real_input import PAGES, fetch
from paywall.articles.reading.pages import is_inside
from paywall.gate.decision import Decision, Extent, Prompt, Reason, Verdict
from paywall.wall.cutting.charset import text_of
from paywall.wall.middleware import Paywall
from tests.proof.detector import Detector

FEWEST_PAGES = 20
SELECTORS = Path(__file__).with_name("newspaper_pages.tsv")
_FULL = Verdict(Decision(Extent.FULL, Reason.SUBSCRIBED), 0, "", "")
_SHUT = Verdict(Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE), 0, "", "")
_NO_TEXT = "script, style, template, noscript, iframe, svg, nav, form, button, select, textarea, .paywall-invitation"
_STOPS = ".!?…\u3002\uff01\uff1f\u061f\u06d4\u104b\n"
_SENTENCE = re.compile(f"[^{_STOPS}]+")
_FEWEST_LETTERS, _FEWEST_BYTES = 24, 36


@dataclass(slots=True)
class Row:
    """What became of one page."""

    name: str
    kilobytes: float
    hidden: int = 0
    """Sentences after the cut."""
    before: int = 0
    """How many of them the page held elsewhere, too, before it was cut."""
    left: list[str] = field(default_factory=list)
    cut_ms: float = 0
    again_ms: float = 0
    problems: list[str] = field(default_factory=list)

    def expect(self, truth: bool, problem: str) -> None:
        """Note a problem unless `truth`."""
        if not truth:
            self.problems.append(problem)

    def __str__(self) -> str:
        mark = "" if not self.problems else f"  {'; '.join(self.problems)}"
        return (
            f"{self.name:28}{self.kilobytes:>8,.0f}{self.hidden:>8}{self.before:>10}{len(self.left):>6}"
            f"{self.cut_ms:>10,.1f}{self.again_ms:>8,.2f}{mark}"
        )


def main() -> None:
    """Fetch, cut, and judge."""
    with tempfile.TemporaryDirectory(prefix="paywall-cut-pages-") as name:
        problems = cut_pages(fetch(PAGES, Path(name)))
    for problem in problems:
        print(f"PROBLEM {problem}")
    sys.exit(1 if problems else 0)


def cut_pages(folder: Path) -> list[str]:
    """Cut every page of the list that holds what its selector names; returns what was not as it must be."""
    chosen = [line.split("\t") for line in SELECTORS.read_text().splitlines() if line and not line.startswith("#")]
    rows = [row for name, selector in chosen if (row := _row(next(folder.rglob(name)), selector))]
    print(f"{'page':28}{'KB':>8}{'hidden':>8}{'elsewhere':>10}{'left':>6}{'cut ms':>10}{'again':>8}")
    for row in rows:
        print(row)
    total, left = sum(row.hidden for row in rows), sum(len(row.left) for row in rows)
    print(f"{len(rows)} pages, {total:,} sentences after the cut, {left} of them left; opened, every page is as it was")
    problems = [f"{row.name}: {problem}" for row in rows for problem in row.problems]
    return problems + [f"only {len(rows)} pages were cut"] * (len(rows) < FEWEST_PAGES)


def _row(path: Path, selector: str) -> Row | None:
    source = path.read_bytes()
    row = Row(path.name, len(source) / 1024)
    said = [_FULL]
    client = Client(Paywall(_site(source), lambda *_, **__: said[0], cut=selector), use_cookies=False)
    whole = client.get("/")
    row.expect(whole.data == source, "opened, it is not as it was")
    if "Paywall-Decision" not in whole.headers:
        return None
    said[0] = _SHUT
    shut, row.cut_ms = _timed(lambda: client.get("/"))
    _, row.again_ms = _timed(lambda: client.get("/"))
    _judge(row, text_of(source, "text/html"), shut, selector)
    return row


def _judge(row: Row, source: str, shut: TestResponse, selector: str) -> None:
    preview = _squeezed(_texts(LexborHTMLParser(shut.text), selector))
    original = LexborHTMLParser(source)
    headline = _squeezed(_texts(original, "title, h1"))
    sentences = dict.fromkeys(_sentences(_texts(original, selector)))
    hidden = [rest for one in sentences if (rest := _after_preview(one, preview)) and _letters(rest) not in headline]
    detector = Detector({one: one for one in hidden}, shown=preview + headline)
    row.hidden, row.left = len(hidden), sorted(detector.found_in(shut.data))
    without = LexborHTMLParser(source)
    for node in without.css(selector):
        node.decompose()
    row.before = len(detector.found_in((without.html or "").encode("utf-8", "replace")))
    row.expect(bool(hidden), "nothing is left for the wall to hide")
    row.expect(not row.left, f"left: {row.left[:1]}")
    row.expect(shut.headers["Paywall-Decision"].startswith("preview"), "not a preview")
    row.expect(shut.text.count('class="paywall-invitation"') == 1, "no invitation, or more than one")
    row.expect(bool(preview), "no preview")
    again = LexborHTMLParser(shut.text).html or ""
    row.expect(_without_doctype(again) == _without_doctype(shut.text), "parsed again, it is another page")
    row.expect('"isAccessibleForFree": false' in shut.text, "search engines are not told of the wall")


def _site(source: bytes) -> Callable[..., Iterable[bytes]]:
    def site(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [source]

    return site


def _timed(ask: Callable[[], TestResponse]) -> tuple[TestResponse, float]:
    began = time.perf_counter()
    return ask(), (time.perf_counter() - began) * 1e3


def _texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    """Return the text of what a selector names, a line for each piece of it."""
    nodes = tree.css(selector)
    every = {node.mem_id for node in nodes}
    for node in tree.css(_NO_TEXT):
        node.decompose()
    return [text for node in nodes if not is_inside(node, every) for text in _lines(node)]


def _lines(node: LexborNode) -> list[str]:
    html = re.sub(r"<(br|/p|/div|/li|/h\d|/td|/th|/figcaption|/blockquote)\b[^>]*>", "\n\\g<0>", node.html or "")
    return LexborHTMLParser(html).text().split("\n")


def _sentences(lines: Iterable[str]) -> Iterable[str]:
    """Yield the sentences that are long enough not to stand anywhere by chance."""
    for line in lines:
        for match in _SENTENCE.finditer(line):
            letters = _letters(match[0])
            if len(letters) >= _FEWEST_LETTERS or (len(letters) >= 12 and len(letters.encode()) >= _FEWEST_BYTES):
                yield " ".join(match[0].split())


def _after_preview(sentence: str, preview: str) -> str:
    """Return what of a sentence is not in the preview, which may end in the middle of it."""
    if _letters(sentence) in preview:
        return ""
    ends = range(len(sentence), 0, -1)
    shown = next((n for n in ends if sentence[n - 1].isalnum() and preview.endswith(_letters(sentence[:n]))), 0)
    return sentence[shown:].strip()


def _squeezed(texts: Iterable[str]) -> str:
    return _letters("".join(texts))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _without_doctype(html: str) -> str:
    return re.sub(r"<!doctype[^>]*>", "", html, count=1, flags=re.IGNORECASE)


if __name__ == "__main__":
    main()
