"""A little newspaper with a wall, on loopback, into which leaks can be planted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

PREVIEW = (
    "For eleven years the ferryman of the lower crossing has kept a notebook in which no passenger is ever named.",
    "He writes down the hour, the wind, the number of people on board, and whether anybody was singing that day.",
)
LOCKED = (
    "In the spring of the flood he carried forty-one people and a piano, and the piano was the only one to complain.",
    "The council offered him a bridge in exchange for his licence, and he asked them whether a bridge could wait.",
    "Nobody at the town hall can say who took the letter, though three clerks remember that it smelled of smoke.",
    "His daughter keeps the older volumes in a flour tin, because flour, she says, is what mice go for first.",
    "On the last page that he let us read there is only a date, a wind from the north, and the word: enough.",
)
CANARY = LOCKED[2]
OTHERS = 9
SUBSCRIBER = "subscriber=anna-7"
SLUG = "the-lower-crossing"
PATH = f"/stories/{SLUG}"
NAVIGATION = (
    "This newspaper is written, printed and delivered by eleven people who live within a morning's walk of the harbour."
)
Environ = dict[str, Any]
Reply = tuple[int, str, str | bytes] | tuple[int, str, str | bytes, dict[str, str]]
"""Status, content type, body, and other headers."""


@dataclass
class Paper:
    """What stands in it; leaks are planted by changing these."""

    allowance: int = 0
    """Free articles for visitors; 0 is a hard wall."""
    opens: list[Callable[[Environ], bool]] = field(default_factory=list)
    """Who is let in beside subscribers."""
    head: str = ""
    body: str = ""
    article: str = ""
    """What is added to the locked page: in its head, at its end, within the article."""
    front: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    pages: dict[str, Reply | Callable[[Environ], Reply]] = field(default_factory=dict)
    """Other addresses, with their query where that matters."""
    says_it_has_a_wall: bool = True
    tells: bool = False
    """Whether it says why a page is whole, as our wall does."""
    address: str = ""
    asked: list[Environ] = field(default_factory=list)
    visits: dict[str, set[str]] = field(default_factory=dict)

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        self.asked.append(environ)
        status, kind, body, *others = self._answer(environ)
        sent = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": kind, "Content-Length": str(len(sent)), **(others[0] if others else {})}
        start_response(f"{status} Whatever", list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else sent]

    def _answer(self, environ: Environ) -> Reply:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        planted = self.pages.get(f"{path}?{query}" if query else path)
        if planted is not None:
            return planted(environ) if callable(planted) else planted
        if path == PATH:
            return self._story(environ, path, PREVIEW, LOCKED)
        if path.startswith("/stories/other-"):
            number = path.removeprefix("/stories/other-")
            own = f"Story number {number} is about something that nobody in any other story has ever heard of, or will."
            return self._story(environ, path, (own,), (f"{own} It goes on for a while, as story {number} has to.",))
        if path in ("/", "/stories", "/stories/"):
            return 200, "text/html", self._front()
        return 404, "text/html", f"<html><body><p>Nothing here.</p><p>{NAVIGATION}</p></body></html>"

    def _story(self, environ: Environ, path: str, preview: tuple[str, ...], rest: tuple[str, ...]) -> Reply:
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        is_open, sets = self._decide(environ, cookies, path)
        is_ours = path == PATH
        page = page_of(preview + rest if is_open else preview, is_open=is_open, says=self.says_it_has_a_wall)
        if is_ours and not is_open:
            page = page.replace("</head>", f"{self.head}</head>").replace("</article>", f"{self.article}</article>")
            page = page.replace("</body>", f"{self.body}</body>")
        headers = {**(self.headers if is_ours and not is_open else {}), **sets, "Cache-Control": "private, no-store"}
        return 200, "text/html; charset=utf-8", page, headers

    def _decide(self, environ: Environ, cookies: SimpleCookie, path: str) -> tuple[bool, dict[str, str]]:
        if "subscriber" in cookies and cookies["subscriber"].value == "anna-7":
            return True, {}
        if path == PATH and any(lets_in(environ) for lets_in in self.opens):
            return True, {}
        name = cookies["visitor"].value if "visitor" in cookies else f"v{len(self.visits)}"
        seen = self.visits.setdefault(name, set())
        if path in seen or len(seen) < self.allowance:
            seen.add(path)
            told = (
                {"Paywall-Decision": f"full; reason=metered; left={self.allowance - len(seen)}"} if self.tells else {}
            )
            return True, {"Set-Cookie": f"visitor={name}; Path=/", **told}
        return False, {"Set-Cookie": f"visitor={name}; Path=/"}

    def _front(self) -> str:
        links = "".join(f'<li><a href="/stories/other-{n}">Story {n}</a></li>' for n in range(OTHERS))
        teaser = f'<li><a href="{PATH}">The lower crossing</a></li><li><a href="/account/logout">Leave</a></li>'
        return f"<html><body><ul>{teaser}{links}</ul>{self.front}<p>{NAVIGATION}</p></body></html>"


def page_of(paragraphs: tuple[str, ...], *, is_open: bool, says: bool) -> str:
    """Return a story's page."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    invitation = (
        "" if is_open else "<div class=invitation><p>Subscribe by the month, and read on at once today.</p></div>"
    )
    data = (
        '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'
        if says
        else ""
    )
    return (
        f"<!doctype html><html><head><title>A story</title>{data}</head><body><nav><a href='/'>Front page</a></nav>"
        f"<main><article><h1>A story</h1>{text}</article>{invitation}</main>"
        f"<footer><p>{NAVIGATION}</p></footer></body></html>"
    )


def whole_page(_: Environ | None = None) -> Reply:
    """Return the whole story, as a page."""
    return 200, "text/html; charset=utf-8", page_of(PREVIEW + LOCKED, is_open=True, says=True)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve(paper: Callable[..., Any]) -> Iterator[str]:
    """Serve a WSGI application on a free port of loopback; yields its address."""
    with make_server("127.0.0.1", 0, paper, server_class=_Server, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
