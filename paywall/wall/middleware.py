"""The wall itself, as WSGI middleware: `app.wsgi_app = Paywall(app.wsgi_app, check)` is all there is to installing it.

Around a foreign site it finds the articles in what the application answers, asks the check, and cuts what may not be
read. Around a site that renders for a decision (`articles_at`), it asks the check first and hands the decision inward.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from structlog import get_logger

from paywall.gate.decision import ArticleName, Verdict
from paywall.wall.answering.headers import UNDECIDED
from paywall.wall.answering.rendered import RenderedSite
from paywall.wall.answering.steps import Ask, Judge, Kind, Page, Pass, Read, Site, Step
from paywall.wall.inward import Reply, ask, inner_environ
from paywall.wall.variants import Variants

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger()


class Check(Protocol):
    """Decides on a request for the article called `name`; None where it does not know of such an article.

    With `counts` false nothing may be spent on the request, and only what is open already may open.
    """

    def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict."""
        ...


class Paywall:
    """Stands around a WSGI application. Safe to share between threads."""

    def __init__(
        self, application: "WSGIApplication", check: Check, *, articles_at: str, variants: Variants | None = None
    ) -> None:
        self._application, self._check = application, check
        self._site: Site = RenderedSite(articles_at, variants or Variants())

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        came = environ.copy()  # applications may change theirs
        inside, steps, said = _Inside(self._application, environ, came), self._site.steps(came), None
        try:
            while True:
                said = self._take(steps.send(said), inside)
        except StopIteration as last:
            return inside.send(last.value, start_response)
        except BaseException:
            inside.close()
            raise

    def forget_all(self) -> None:
        """Have every page looked at anew: to be called when something changed that any page may show."""
        self._site.forget_all()

    def _take(self, step: Step, inside: "_Inside") -> Any:  # noqa: ANN401 - each step has its own
        if isinstance(step, Judge):
            return self._judge(inside.came, step)
        if isinstance(step, Ask):
            return inside.ask(step)
        if isinstance(step, Read):
            return inside.read(step)
        raise TypeError(step)

    def _judge(self, environ: "WSGIEnvironment", step: Judge) -> Verdict | None:
        try:
            return self._check(environ, step.name, counts=step.counts)
        except Exception:
            log.exception("the check failed, the article stays shut", article=step.name)
            return UNDECIDED


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
