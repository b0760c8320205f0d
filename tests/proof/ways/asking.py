"""Asks a way in for everything, as everybody, and counts where the canary was seen."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection

from tests.browser.embed.paper import canary, preview
from tests.proof.detector import Detector
from tests.proof.surfaces import Ask, of_article
from tests.proof.ways.newspaper import KEYS, Newspaper, keys
from tests.proof.ways.people import LOCKED, Crowd, Person
from tests.proof.ways.serving import HOST
from tests.proof.ways.ways import Way

THREADS = 6
_ODD = (
    *(
        "/previews/{key}.html",
        "/previews/../articles/{key}.html",
        "/articles/free-0/../{key}",
        "/articles/free-0%2f..%2f{key}",
    ),
    *(
        "/articles/{key}.gz",
        "/www/articles/{key}.html",
        "/_paywall/authorize",
        "/content/{key}",
        "/print/{key}?print=1",
    ),
)
_HEADERS: tuple[dict[str, str], ...] = (
    {"Host": "evil.example"},
    {"Host": "127.0.0.1"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
)
_SITE = ("/", "/feed.xml", "/feed.xml?full=1", "/rss.xml", "/sitemap.xml", "/articles/", "/articles")


@dataclass
class Row:
    """What came of one way in."""

    title: str
    lines: str
    surfaces: int = 0
    opened: int = 0
    pages: int = 0
    """Of the entitled reader: how many show the canary, of how many."""
    leaks: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.leaks and self.surfaces > 0 and self.opened == self.pages > 0

    def __str__(self) -> str:
        found = f"{len(self.leaks):,} of {self.surfaces:,}"
        return f"{self.title:33}{self.lines:>16}{found:>18}{f'{self.opened} of {self.pages}':>16}"


DETECTOR = Detector({key: canary(key) for key in KEYS}, shown=" ".join(preview(key) for key in KEYS))
"""Knows the last sentence of every article; shared by all threads."""


def surfaces(way: Way, person: Person, every: int) -> list[Ask]:
    """Return what one person asks for: every n-th thing there is, and of each article its plain pages in any case."""
    asks = [Ask(path) for path in _SITE]
    for number, key in enumerate(person.articles):
        more = [*of_article(key), *(Ask(path.format(key=key)) for path in _ODD)]
        more += [Ask(f"/articles/{key}", headers=headers) for headers in _HEADERS]
        asks += more[number % every :: every]
        asks += [Ask(f"/{kind}/{key}") for kind in way.kinds]
    return asks


def ask_all(paper: Newspaper, way: Way, people: Iterable[Person], every: int = 1) -> Row:
    """Ask as all these people, and as the entitled reader, whose control stands in the same row."""
    row = Row(way.title, way.lines)
    with ThreadPoolExecutor(THREADS) as pool:
        for seen, leaks in pool.map(lambda person: _ask(paper, way, person, every), people):
            row.surfaces += seen
            row.leaks += leaks
    return row


def control(paper: Newspaper, way: Way, crowd: Crowd, row: Row) -> Row:
    """Have the entitled reader open every page there is."""
    browser = HTTPConnection(HOST, paper.ports[way.name], timeout=30)
    for key in (key for level in LOCKED for key in keys(level)):
        for kind in way.kinds:
            _status, _headers, body = send(browser, Ask(f"/{kind}/{key}"), crowd.cookie(way, "payer"))
            row.pages += 1
            row.opened += key in DETECTOR.found_in(body)
    browser.close()
    return row


def _ask(paper: Newspaper, way: Way, person: Person, every: int) -> tuple[int, list[str]]:
    browser, leaks = HTTPConnection(HOST, paper.ports[way.name], timeout=30), []
    asks = surfaces(way, person, every)
    for ask in asks:
        status, headers, body = send(browser, ask, person.headers)
        found = (DETECTOR.found_in(body) | DETECTOR.found_in(headers)) & set(person.articles)
        if found:
            leaks.append(f"LEAK by way of {way.title} to {person.name}: {ask}: {', '.join(sorted(found))}")
        if status == 500:
            leaks.append(f"FAILED: {way.title}, {person.name}: {ask}: 500")
    browser.close()
    return len(asks), leaks


def send(browser: HTTPConnection, ask: Ask, headers: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    """Send it as it is, and return status, headers and body of the answer."""
    browser.putrequest(ask.method, ask.path, skip_host="Host" in ask.headers, skip_accept_encoding=True)
    for name, value in {**headers, **ask.headers}.items():
        browser.putheader(name, value)
    if ask.method in ("POST", "PUT", "PATCH"):
        browser.putheader("Content-Length", "0")
    browser.endheaders()
    answer = browser.getresponse()
    del answer.headers["Date"]  # so that equal answers are looked at once
    return answer.status, str(answer.headers).encode(), answer.read()
