"""The script tag: its size, the layout shift that Chromium measures, and the canary in all that a browser is sent.

`python -m bench.embed` serves the product and a publisher's own site on two origins. Everybody who may not read an
article opens its page in Chromium; each answer that comes, and the page as it stands in the end, is a surface.
"""

import json
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Response, sync_playwright

from paywall import schema
from paywall.api import embed
from paywall.database import Base, Database
from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.embed import guide
from tests.browser.embed.paper import canary
from tests.browser.embed.reading import Visit, new_visit
from tests.browser.embed.stage import ARTICLES, METERED, VISITORS, Stage, set_up
from tests.proof.detector import Detector

MOST_BYTES = 5 * 1024
WAYS = {"our text": "", "the publisher's own": "own=1"}
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FORGERIES = {
    "spoofed crawler": {"User-Agent": GOOGLEBOT, "X-Forwarded-For": "66.249.66.1"},
    "forged prefetch": {"Sec-Purpose": "prefetch", "Purpose": "prefetch"},
}


@dataclass
class Seen:
    """What one person was sent of articles that are not theirs to read."""

    who: str
    surfaces: list[tuple[str, bytes]] = field(default_factory=list)

    def note(self, response: Response) -> None:
        """Note an answer that a browser got."""
        try:
            self.surfaces.append((response.url, response.body()))
        except Error:  # a redirect, a preflight: they have no body
            self.surfaces.append((response.url, b""))


def main() -> int:
    """Print the figures; return 1 if one is missed."""
    size, example = len(embed.PACKED), guide.example("html")
    written = example.count("<script") + example.count("data-paywall")
    print(
        f"embed.js: {size:,} bytes compressed, {MOST_BYTES:,} asked at most; lines that a publisher writes: {written}"
    )
    with sync_playwright() as playwright, _stage() as stage:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        shifts = [_shift(chromium, stage, *one) for one in (("opened", METERED[0]), ("shut", "locked"))]
        seen, opened = _search(chromium, stage)
        chromium.close()
    leaks = _leaks(seen)
    surfaces, whole = sum(len(one.surfaces) for one in seen), len(ARTICLES) * len(WAYS)
    print(f"canary on {len(leaks)} of {surfaces:,} surfaces; a subscriber's pages show it in {opened} of {whole}")
    print(*leaks, sep="\n", end="")
    return int(size > MOST_BYTES or any(shifts) or bool(leaks) or opened < whole)


@contextmanager
def _stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        tables = Path(folder) / "tables.sqlite3"
        schema.load_tables()
        database = Database(f"sqlite:///{tables}")
        Base.metadata.create_all(database.engine)
        database.close()
        (Path(folder) / "stage").mkdir()
        with set_up(tables, Path(folder) / "stage") as stage:
            yield stage


def _shift(chromium: Browser, stage: Stage, how: str, article: str) -> float:
    """Print a page's layout shift, on a desk and on a phone; return the worst with the guide's line."""
    told, worst = [], 0.0
    for size in ((1280, 900), (390, 844)):
        for line in ("line=1", ""):
            visit = _visit(chromium, stage, viewport={"width": size[0], "height": size[1]})
            shift = visit.opens(article, line).shift()
            visit.page.context.close()
            worst = max(worst, shift if line else 0.0)
            told.append(f"{shift:.3f} at {size[0]} px{'' if line else ' without the line'}")
    print(f"layout shift, {how}: {', '.join(told)}")
    return worst


def _search(chromium: Browser, stage: Stage) -> tuple[list[Seen], int]:
    spent = _visit(chromium, stage)
    for article in METERED[:VISITORS]:
        spent.opens(article)
    reader = _visit(chromium, stage)
    email = reader.signs_up()
    for article in METERED[:3]:
        reader.opens(article)
    payer = _visit(chromium, stage)
    paying = payer.signs_up()
    stage.subscribe(paying)
    opened = sum(payer.opens(article, way).reads(article) for article in ARTICLES for way in WAYS.values())
    seen = [
        _look("visitor", _visit(chromium, stage), ["locked", "registered"]),
        _look("visitor, allowance spent", spent, ["locked", "registered", *METERED[VISITORS:]]),
        _look("reader without a subscription", reader, ["locked", *METERED[3:]]),
        _look("script blocked", _visit(chromium, stage, blocked=True), list(ARTICLES)),
        _look("no JavaScript", _visit(chromium, stage, java_script_enabled=False), list(ARTICLES)),
        *(_call(who, headers, stage) for who, headers in FORGERIES.items()),
    ]
    stage.refund(paying)
    for article in METERED[:3]:  # her own allowance: what she read as a subscriber did not count
        payer.opens(article)
    seen.append(_look("refunded", payer, ["locked", *METERED[3:]]))
    stage.subscribe(email)
    reader.opens("locked")
    stage.cancel_and_let_end(email)
    return [*seen, _look("expired", reader, ["locked"])], opened


def _visit(chromium: Browser, stage: Stage, *, blocked: bool = False, **more: Any) -> Visit:  # noqa: ANN401 - Playwright's own
    visit = new_visit(chromium.new_context(**more), stage)
    if blocked:
        visit.page.route("**/embed.js", lambda route: route.abort())
    return visit


def _look(who: str, visit: Visit, articles: list[str]) -> Seen:
    seen = Seen(who)
    visit.page.on("response", seen.note)
    for article in articles:
        for way, query in WAYS.items():
            visit.page.goto(f"{visit.stage.site}/story/{article}?{query}", wait_until="networkidle")
            seen.surfaces.append((f"{article} as it stands, {way}", visit.page.content().encode()))
    visit.page.remove_listener("response", seen.note)
    print(f"{who}: {len(seen.surfaces)} surfaces")
    return seen


def _call(who: str, headers: dict[str, str], stage: Stage) -> Seen:
    """Ask without a browser, as those do who make up their headers."""
    seen = Seen(who)
    mine = {**headers, "Origin": stage.site, "Authorization": f"Bearer {stage.paper.key}"}
    for article in ("locked", "registered", METERED[-1]):
        asked = json.dumps({"article": article, "words": True}).encode()
        json_too = {**mine, "Content-Type": "application/json"}
        for url, more, body in (
            (f"{stage.site}/story/{article}", headers, None),
            (f"{stage.wall}/v1/check", json_too, asked),
            (f"{stage.wall}/v1/check?article={article}", mine, None),
            (f"{stage.wall}/v1/content/{article}", mine, None),
            (f"{stage.site}/content/{article}", mine, None),
        ):
            seen.surfaces.append((url, _fetch(urllib.request.Request(url, body, more))))  # noqa: S310 - our own servers
    print(f"{who}: {len(seen.surfaces)} surfaces")
    return seen


def _fetch(request: urllib.request.Request) -> bytes:
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own servers
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return bytes(error.read())


def _leaks(seen: list[Seen]) -> list[str]:
    detector = Detector({article: canary(article) for article in ARTICLES})
    return [f"{one.who}: {found} at {where}"
            for one in seen for where, body in one.surfaces for found in detector.found_in(body)]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
