"""The wall itself, as WSGI middleware: `app.wsgi_app = Paywall(app.wsgi_app, check)` is all there is to installing it.

Around a foreign site it finds the articles in what the application answers, asks the check, and cuts what may not be
read. Around a site that renders for a decision (`articles_at`), it asks the check first and hands the decision inward.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from structlog import get_logger

from paywall.gate.decision import ArticleName, Verdict
from paywall.wall.answering.cut import CutSite
from paywall.wall.answering.headers import NOT_FOUND, UNDECIDED
from paywall.wall.answering.inviting import Inviting, invite
from paywall.wall.answering.pages import Pages
from paywall.wall.answering.rendered import RenderedSite
from paywall.wall.answering.shelf import INNER_HOST
from paywall.wall.answering.steps import Ask, Judge, Kind, Own, Pass, Read, Site, Step
from paywall.wall.cutting.marks import check_selector
from paywall.wall.cutting.rules import MARKER, PREVIEW_WORDS, CutRules
from paywall.wall.inward import Reply, ask, inner_environ
from paywall.wall.variants import Page, Variants

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger()
KEEP_SECONDS = 30.0
"""How long a page that says its version is taken from memory before the application is asked again."""


class Check(Protocol):
    """Decides on a request for the article called `name`; None where it does not know of such an article.

    With `counts` false nothing may be spent on the request, and only what is open already may open.
    """

    def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict."""
        ...


class Paywall:
    """Stands around a WSGI application. Safe to share between threads."""

    def __init__(  # noqa: PLR0913 - each is another thing that a publisher may choose
        self,
        application: "WSGIApplication",
        check: Check,
        *,
        cut: str = "",
        preview_words: int = PREVIEW_WORDS,
        preview_paragraphs: int = 0,
        marker: str = MARKER,
        invitation: Inviting = invite,
        keep_seconds: float = KEEP_SECONDS,
        site: str = "",
        skip: tuple[str, ...] = (),
        shuts_unknown: bool = False,
        articles_at: str | None = None,
        variants: Variants | None = None,
    ) -> None:
        """Stand around `application`, and ask `check`.

        `cut` is the CSS selector of an article's text, of which `preview_words` (or `preview_paragraphs`) stay; pages
        may say by the comment `<!-- paywall -->` instead where the preview ends. `invitation` makes the HTML that
        stands there. Pages that say their `Paywall-Version` are kept for `keep_seconds`.

        `site` is where browsers reach this site (https://www.paper.example), where a proxy has the application believe
        something else. Paths that begin with one of `skip` are never looked into: the site's own editor.
        `shuts_unknown` cuts what the selector finds also where the check knows of no such article. `articles_at` is for
        a site that renders for a decision, at that prefix. Raises ValueError for what is no selector.
        """
        if cut:
            check_selector(cut)
        self._application, self._check = application, check
        self._scheme, _, self._host = site.rstrip("/").partition("://")
        self.site: Site = (
            CutSite(
                Pages(CutRules(cut, preview_words, preview_paragraphs, marker), invitation),
                keep_seconds,
                skip=skip,
                shuts_unknown=shuts_unknown,
            )
            if articles_at is None
            else RenderedSite(articles_at, variants or Variants())
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        came = environ.copy()  # applications may change theirs
        seen = self.as_seen(came)
        inside, steps, said = _Inside(self._application, environ, came), self.site.steps(seen), None
        try:
            while True:
                said = self._take(steps.send(said), seen, inside)
        except StopIteration as last:
            return inside.send(last.value, start_response)
        except BaseException:
            inside.close()
            raise

    def forget_all(self) -> None:
        """Have every page looked at anew: to be called when something changed that any page may show."""
        self.site.forget_all()

    def as_seen(self, environ: "WSGIEnvironment") -> "WSGIEnvironment":
        """Return the environ as the browser sees the site."""
        if not self._host:
            return environ
        inner_host = environ.get("HTTP_HOST", "")
        return environ | {"wsgi.url_scheme": self._scheme, "HTTP_HOST": self._host, INNER_HOST: inner_host}

    def _take(self, step: Step, environ: "WSGIEnvironment", inside: "_Inside") -> Any:  # noqa: ANN401 - each step has its own
        if isinstance(step, Judge):
            return self._judge(environ, step)
        if isinstance(step, Ask):
            return inside.ask(step)
        if isinstance(step, Read):
            return inside.read(step)
        if isinstance(step, Own):
            return own_page(self._check, environ)
        raise TypeError(step)

    def _judge(self, environ: "WSGIEnvironment", step: Judge) -> Verdict | None:
        try:
            return self._check(environ, step.name, counts=step.counts)
        except Exception:
            log.exception("the check failed, the article stays shut", article=step.name)
            return UNDECIDED


def own_page(check: Check | None, environ: "WSGIEnvironment") -> Page:
    """Return what the check answers at an address of its own, for signing in; 404 where it has none."""
    answer: Callable[[WSGIEnvironment], Page | None] | None = getattr(check, "own_page", None)
    return (answer(environ) if answer else None) or NOT_FOUND


class _Inside:
    """The application, asked about one request; the last answer is at hand until it is sent or let go."""

    def __init__(self, application: "WSGIApplication", environ: "WSGIEnvironment", came: "WSGIEnvironment") -> None:
        self._application, self._environ, self.came = application, environ, came
        self._reply: Reply | None = None

    def ask(self, step: Ask) -> Any:  # noqa: ANN401 - a Head
        self.close()
        environ = self._environ if step.kind is Kind.AS_IT_CAME else inner_environ(self.came, step)
        self._reply = ask(self._application, environ)
        return self._reply.head

    def read(self, step: Read) -> Any:  # noqa: ANN401 - a Body
        assert self._reply is not None  # noqa: S101 - something was asked
        body, self._reply = self._reply.read(step.most_bytes)
        return body

    def send(self, answer: Page | Pass, start_response: "StartResponse") -> Iterable[bytes]:
        if isinstance(answer, Pass):
            assert self._reply is not None  # noqa: S101 - something was asked
            start_response(self._reply.status, answer.headers)
            return self._reply.body
        self.close()
        start_response(answer.status, answer.headers)
        has_body = answer.body and self.came["REQUEST_METHOD"] != "HEAD"
        return [answer.body] if has_body else []

    def close(self) -> None:
        if self._reply is not None:
            self._reply.close()
            self._reply = None
