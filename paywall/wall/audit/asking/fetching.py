"""Asking politely: one request at a time, so many a second, so many in all, and never off the site."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import httpx

from paywall.aside import begin
from paywall.wall.audit.asking.asks import Answer, Ask, packed
from paywall.wall.audit.asking.people import Person
from paywall.wall.audit.asking.site import Site
from paywall.wall.audit.asking.unpacking import BadPacking, unpacked
from paywall.wall.audit.asking.untangling import is_tangled, without_tags

MOST_BYTES = 16 * 1024 * 1024
MOST_SECONDS = 30.0
"""How long a body may take."""
PATIENCE_SECONDS = 10.0
"""How much longer all of an answer may take."""
MOST_HOPS = 5
LONGEST_WAIT = 10.0
_TIMEOUT = httpx.Timeout(10.0, read=20.0)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class LimitReached(Exception):
    """The audit may ask no more; the sentence says which limit it was, and how to raise it."""


@dataclass
class Limits:
    """How much may be asked: requests in all, requests a second, and how long it may take."""

    requests: int = 500
    per_second: float = 5.0
    minutes: int = 20


@dataclass
class Browser:
    """A person with a jar for cookies; without `keeps_cookies` every request is a first visit."""

    person: Person
    keeps_cookies: bool = False
    jar: httpx.Cookies = field(default_factory=httpx.Cookies)

    def copy(self, person: Person) -> Self:
        """Return another person with the same cookies, who may get others from now on."""
        return replace(self, person=person, jar=httpx.Cookies(self.jar))


class Fetcher:
    """Makes the requests of one audit and keeps every answer, those on the way to another included."""

    def __init__(
        self, site: Site, limits: Limits, on_ask: Callable[[Ask, Person], object], *, cookie: str = ""
    ) -> None:
        """`cookie` is the entitled reader's Cookie header: it is sent by `ask_entitled` to the named host alone."""
        self.site, self.made = site, 0
        self.answers: list[Answer] = []
        self._limits, self._on_ask, self._cookie = limits, on_ask, cookie
        self._pause, self._next_at = 1 / limits.per_second, 0.0
        self._end = time.monotonic() + limits.minutes * 60
        self._client = _client()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def left(self) -> int:
        """How many requests may still be made."""
        return self._limits.requests - self.made

    def ask(self, browser: Browser, ask: Ask) -> Answer:
        """Ask, and follow where that leads on the site. Raises LimitReached."""
        self._on_ask(ask, browser.person)
        for _ in range(MOST_HOPS):
            answer = self._once(browser, ask)
            further = self._further(answer)
            if further is None:
                break
            self.answers.append(replace(answer, is_hop=True))
            ask = replace(ask, url=further, target="")
        self.answers.append(answer)
        return answer

    def ask_entitled(self, browser: Browser, url: str, ask: Ask) -> Answer:
        """Ask for `url` as the entitled reader. The answer is not kept: it may hold the text."""
        cookie = {"Cookie": self._cookie} if httpx.URL(url).host == self.site.host else {}
        for _ in range(MOST_HOPS):
            answer = self._once(browser, replace(ask, url=url), cookie)
            further = self._further(answer)
            if further is None or httpx.URL(further).host != self.site.host:
                break
            url = further
        return answer

    def _further(self, answer: Answer) -> str | None:
        place = answer.header("location") if answer.status in _REDIRECTS else None
        return self.site.resolve(place, answer.url) if place and answer.ask.method == "GET" else None

    def _once(self, browser: Browser, ask: Ask, extra: dict[str, str] | None = None) -> Answer:
        answer = self._send(browser, ask, extra or {})
        wait = _asked_to_wait(answer)
        if wait is not None and answer.status == 429:
            self._pause *= 2
            self._next_at = time.monotonic() + wait
            answer = self._send(browser, ask, extra or {})
        return answer

    def _send(self, browser: Browser, ask: Ask, extra: dict[str, str]) -> Answer:
        """Ask once. A site whose headers never end is left alone: only what comes after them has an end of its own."""
        self._take_turn()
        answer = begin(lambda: self._exchange(browser, ask, extra), "audit")
        try:
            return answer.result(MOST_SECONDS + PATIENCE_SECONDS)
        except TimeoutError:
            self._client.close()
            self._client = _client()
            return replace(_unanswered(browser, ask), problem="TooSlow")

    def _exchange(self, browser: Browser, ask: Ask, extra: dict[str, str]) -> Answer:
        jar = browser.jar if browser.keeps_cookies else httpx.Cookies()
        unanswered = _unanswered(browser, ask)
        try:
            request = self._request(browser.person, ask, jar, extra)
            auth = self.site.credentials if request.url.host == self.site.host else None
            response = self._client.send(request, stream=True, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return replace(unanswered, problem=type(error).__name__)
        try:
            answer = _read(response, unanswered)
        finally:
            response.close()
            self._client.cookies.clear()
        jar.extract_cookies(response)
        return answer

    def _request(self, person: Person, ask: Ask, jar: httpx.Cookies, extra: dict[str, str]) -> httpx.Request:
        headers = {**person.headers, **ask.headers, **extra}
        said = headers.pop("Cookie", "")
        request = self._client.build_request(ask.method, ask.url, headers=headers)
        jar.set_cookie_header(request)
        cookies = [one for one in (request.headers.get("Cookie"), said) if one]
        if cookies:
            request.headers["Cookie"] = "; ".join(cookies)
        if ask.target:
            request.extensions["target"] = ask.target.encode()
        return request

    def _take_turn(self) -> None:
        now = time.monotonic()
        if self.left <= 0:
            raise LimitReached(f"{self._limits.requests} requests were made. Raise the limit with --max.")
        if now >= self._end:
            raise LimitReached(f"{self._limits.minutes} minutes were over. Raise the limit with --minutes.")
        self.made += 1
        if now < self._next_at:
            time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + self._pause


def _client() -> httpx.Client:
    client = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, headers={"Accept": "*/*"})
    client.headers["Accept-Encoding"] = "gzip, deflate"
    return client


def _unanswered(browser: Browser, ask: Ask) -> Answer:
    return Answer(ask, browser.person.name, url=ask.url)


def _asked_to_wait(answer: Answer) -> float | None:
    """Return how long the site asks to be left alone, in seconds; None where it doesn't say, or for too long."""
    told = answer.header("retry-after") or ""
    seconds = float(told) if told.isascii() and told.isdigit() else None
    return seconds if seconds is not None and seconds <= LONGEST_WAIT else None


def _read(response: httpx.Response, answer: Answer) -> Answer:
    """Read an answer as far as it may be read."""
    headers = tuple(response.headers.multi_items())
    answer = replace(answer, status=response.status_code, headers=headers, url=str(response.url))
    raw, answer = _raw(response, answer)
    try:
        body, is_all = unpacked(raw, response.headers.get("Content-Encoding", ""), MOST_BYTES)
    except BadPacking as error:
        return replace(answer, is_whole=False, problem=answer.problem or type(error).__name__, packed=packed(raw))
    answer = replace(answer, is_whole=answer.is_whole and is_all, packed=packed(body))
    if answer.is_page and is_tangled(body):
        return replace(answer, is_whole=False, problem="Tangled", packed=packed(without_tags(body)))
    return answer


def _raw(response: httpx.Response, answer: Answer) -> tuple[bytes, Answer]:
    """Return what was sent, and whether that is all of it: time and bytes are counted before anything is unpacked."""
    pieces, total, end = [], 0, time.monotonic() + MOST_SECONDS
    try:
        for piece in response.iter_raw():
            pieces.append(piece)
            total += len(piece)
            if total > MOST_BYTES or time.monotonic() > end:
                answer = replace(answer, is_whole=False)
                break
    except httpx.HTTPError as error:
        answer = replace(answer, is_whole=False, problem=type(error).__name__)
    return b"".join(pieces), answer
