"""A publisher's own site, as plain as can be, and a check that answers what a test wants."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from paywall.gate.decision import ArticleName, Decision, Extent, Prompt, Reason, Verdict

CANARY = "Nine herons crossed the harbour before the ink of the ledger was dry."
PREVIEW = "The tide tables of Friday were wrong by an hour and nobody at the quay had noticed it yet."
MORE = "Twelve boats went out all the same, and the harbour master wrote down every single one of them."
FULL = Verdict(Decision(Extent.FULL, Reason.SUBSCRIBED), 0, "", "")
CRAWLER = Verdict(Decision(Extent.FULL, Reason.VERIFIED_CRAWLER), 0, "", "")
SHUT = Verdict(Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE), 0, "", "")

Out = TypeVar("Out")


def page(text: str, head: str = "", after: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>Tides</title>{head}</head><body><h1>Tides</h1>{text}{after}</body></html>"
    )


MARKED = page(
    f"<div class='text'><p>{PREVIEW}</p><!-- paywall --><p>{MORE}</p><p>{CANARY}</p></div>",
    after="<footer>Imprint</footer>",
)
PLAIN = page(f"<div class='text'><p>{PREVIEW}</p><p>{MORE}</p><p>{CANARY}</p></div>", after="<footer>Imprint</footer>")


def run_async(work: Coroutine[Any, Any, Out]) -> Out:
    """Run it in a thread of its own: the main one may already have a loop, where a browser runs beside."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, work).result()


class Site:
    """Answers every request with the same, and remembers what it was asked."""

    def __init__(
        self, body: str | bytes = MARKED, headers: Iterable[tuple[str, str]] = (), status: str = "200 OK"
    ) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = [*headers]
        if not any(name == "Content-Type" for name, _ in self.headers):
            self.headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.status = status
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(dict(environ))
        start_response(self.status, [*self.headers, ("Content-Length", str(len(self.body)))])
        return [self.body] if environ["REQUEST_METHOD"] != "HEAD" else [b""]


class Asked:
    """A check that gives one verdict, and remembers what it was asked."""

    def __init__(self, verdict: Verdict | Exception | None) -> None:
        self.verdict = verdict
        self.questions: list[tuple[ArticleName, bool]] = []
        self.environ: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], name: ArticleName, *, counts: bool) -> Verdict | None:
        self.environ = environ
        self.questions.append((name, counts))
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict
