"""The leak audit on sites whose answer is known: our own demo, and real pages, cut by the wall and cut by hand.

`python -m bench.leak_audit` serves the demo and audits each locked article three times: knowing a sentence of it, with
the cookie of a reader who has access, and knowing nothing. Then it audits pages that nobody here wrote (fetched now, as
by `bench.real_input`): first as the wall cuts them, then with nothing but the visible paragraphs taken out, as a
publisher might do it alone. Ends with status 1 if our demo or the wall leaks anything, or the control is not seen.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from bench.real_input import PAGES, SELECTORS, fetch
from paywall.demo.gazette.stories import read_stories
from paywall.wall.audit import Limits, Outcome, Plan, Report, audit
from paywall.wall.cutting.charset import text_of
from paywall.wall.cutting.marks import find_marks
from paywall.wall.cutting.page import cut_page
from paywall.wall.cutting.rules import CutRules
from tests.proof.audited_demo import LIMITS, MODES, AuditedDemo, audited_demo
from tests.wall.audit.paper import serve

KNOWING = {"canary": "a sentence of it", "cookie": "an entitled reader", "neither": "nothing"}
NO_ARTICLES = 5
"""The last pages of the list: front pages, a redirect, a feed."""
READER = "reader=1"
_NAME, _WIDTHS = 40, (7, 7, 12)
_REAL_LIMITS = Limits(requests=60, per_second=1_000)


@dataclass
class Tally:
    """What some audits said."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    requests: int = 0
    sentences: int = 0
    seen: int = 0
    """How often the entitled reader's page showed the text."""
    leaks: list[str] = field(default_factory=list)

    def add(self, report: Report) -> None:
        """Add one audit."""
        self.outcomes[report.outcome] += 1
        self.requests += report.requests
        self.sentences += len(report.locked or ())
        self.seen += bool(report.control)
        self.leaks += [f"LEAK {one.surface.title}: {one.place.title}: {one.address}" for one in report.findings]

    @property
    def audits(self) -> int:
        """How many there were."""
        return self.outcomes.total()

    @property
    def leaking(self) -> int:
        """How many found a leak."""
        return self.outcomes[Outcome.LEAK]

    @property
    def clean(self) -> int:
        """How many found none, and could judge."""
        return self.outcomes[Outcome.CLEAN]

    def line(self, name: str) -> str:
        """Return the tally as a line of the table."""
        counts = "".join(f"{self.outcomes[one]:>{width}}" for one, width in zip(Outcome, _WIDTHS, strict=True))
        return f"{name:{_NAME}}{counts}{self.sentences:>11,}{self.requests:>10,}{self.seen:>9}"


def main() -> int:
    """Print the tables; return 1 if anything leaks that must not, or the control is missing."""
    heads = "".join(f"{outcome.name.lower():>{width}}" for outcome, width in zip(Outcome, _WIDTHS, strict=True))
    print(f"{'audited, knowing':{_NAME}}{heads}{'sentences':>11}{'requests':>10}{'control':>9}")
    with tempfile.TemporaryDirectory(prefix="paywall-leak-audit-") as folder:
        with audited_demo(Path(folder)) as audited:
            ours = list(_of_the_demo(audited)) + list(_of_the_gazette(audited))
        wall, by_hand = _of_real_pages(Path(folder))
    problems = [leak for tally in ours for leak in tally.leaks] + wall.leaks
    print("\n".join(problems))
    leaking, total, clean = (sum(getattr(tally, name) for tally in ours) for name in ("leaking", "audits", "clean"))
    print(f"leak audit: our own demo leaks in {leaking} of {total} audits, {clean} say that it is clean")
    print(f"leak audit: real pages cut by the wall: {wall.leaking} of {wall.audits} leak")
    print(f"leak audit: with only their paragraphs taken out: {by_hand.leaking} of {by_hand.audits} leak")
    is_seen = ours[0].seen == ours[0].audits == ours[1].seen
    return int(bool(problems) or not is_seen or not by_hand.leaking)


def _of_the_demo(audited: AuditedDemo) -> Iterator[Tally]:
    articles = [one for one in audited.demo.articles if one.access != "free"]
    for mode in MODES:
        yield _tally(f"our demo, {KNOWING[mode]}", (audited.audit(one.path, one.canary, mode) for one in articles))


def _of_the_gazette(audited: AuditedDemo) -> Iterator[Tally]:
    """Audit the second site of the demo, which asks the first from its pages."""
    stories = [story for story in read_stories() if not story.is_free]
    for canaries in (True, False):
        plans = [
            Plan(audited.demo.gazette + story.path, (_last_words(story.rest),) if canaries else (), limits=LIMITS)
            for story in stories
        ]
        yield _tally(f"its second site, {KNOWING['canary' if canaries else 'neither']}", map(audit, plans))


def _last_words(rest: str) -> str:
    return re.sub(r"<[^>]+>", "", rest[rest.rindex("<p>") :]).strip()


def _of_real_pages(folder: Path) -> tuple[Tally, Tally]:
    chosen = [line.split("\t") for line in SELECTORS.read_text().splitlines() if line and not line.startswith("#")]
    source = fetch(PAGES, folder)
    pages = {
        name: (text_of(next(source.rglob(name)).read_bytes(), "text/html"), selector)
        for name, selector in chosen[:-NO_ARTICLES]
    }
    by_wall = {name: (whole, _cut_by_wall(whole, selector)) for name, (whole, selector) in pages.items()}
    by_hand = {name: (whole, _cut_by_hand(whole, selector)) for name, (whole, selector) in pages.items()}
    return (
        _tally("real pages, cut by the wall", _audits(by_wall)),
        _tally("real pages, only paragraphs taken out", _audits(by_hand)),
    )


def _audits(pages: dict[str, tuple[str, str]]) -> Iterator[Report]:
    with serve(_site(pages)) as address:
        for name in pages:
            yield audit(Plan(f"{address}/news/{name}", cookie=READER, views=3, limits=_REAL_LIMITS))


def _site(pages: dict[str, tuple[str, str]]) -> Callable[..., Any]:
    def site(environ: dict[str, Any], start_response: Any) -> list[bytes]:  # noqa: ANN401 - as WSGI has it
        name = environ["PATH_INFO"].removeprefix("/news/")
        is_reader = READER in environ.get("HTTP_COOKIE", "").split("; ")
        links = "".join(f'<a href="/news/{one}">{one}</a>' for one in pages)
        found = pages.get(name, (links, links))[0 if is_reader else 1] if name in (*pages, "/") else ""
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
        return [found.encode("utf-8", "replace")] if environ["REQUEST_METHOD"] == "GET" else []

    return site


def _cut_by_wall(source: str, selector: str) -> str:
    rules, tree = CutRules(selector), LexborHTMLParser(source)
    page = cut_page(tree, find_marks(tree, rules, has_marker=False), rules, source)
    return f"{page.before}<p>Subscribe to read on.</p>{page.after}"


def _cut_by_hand(source: str, selector: str) -> str:
    tree = LexborHTMLParser(source)
    for body in tree.css(selector):
        parts = list(body.iter())
        for part in parts[len(parts) // 4 + 1 :]:
            part.decompose()
    return tree.html or ""


def _tally(name: str, reports: Iterator[Report]) -> Tally:
    tally = Tally()
    for report in reports:
        tally.add(report)
    print(tally.line(name), flush=True)
    return tally


if __name__ == "__main__":
    sys.exit(main())
