"""What comes before and after a call of the service: passes that make it needless, and what holds when it fails."""

from typing import TYPE_CHECKING, Any, NamedTuple

from structlog import get_logger

from paywall.gate.decision import ArticleName, Decision, Extent, Prompt, Reason, Verdict
from paywall.gate.signed_passes.rules import SignedPass
from paywall.wall.answering.headers import NOT_THERE
from paywall.wall.remote import cookies
from paywall.wall.remote.keys import Keys
from paywall.wall.remote.passes import Passes, is_young, opens
from paywall.wall.remote.questions import Question, address_behind, verdict_of
from paywall.wall.remote.rest import Rest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = get_logger()
AWAY = Verdict(Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN), 0, "", "", degraded="service")
_NOT_PUBLISHED, _NO_SITE = '"not_published"', '"no_site_of_yours"'
"""The service's words for an article that is not there yet, and for an address on none of the publisher's sites."""
_MOST_IDS, _LONGEST_URL = 20_000, 2_000


class Call(NamedTuple):
    """What has to be sent, and what is at hand should that fail."""

    question: Question
    json: dict[str, Any]
    held: SignedPass | None


class Asking:
    """Knows one service. Safe to share between threads."""

    def __init__(self, service: str, publisher: str | None, proxies: int, timeout_seconds: float) -> None:
        self.service = service
        self.passes = Passes(Keys(f"{service}/.well-known/jwks.json", timeout_seconds), service, publisher)
        self._proxies = proxies
        self._ids: dict[str, str] = {}
        self.rest = Rest()

    def begin(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | Call:
        """Return the verdict where a young pass opens the article, else what to ask."""
        names, sent = cookies.names_for(environ), cookies.read(environ)
        held = self.passes.read(sent.get(names.signed_pass))
        if held and not opens(held, name, self._ids.get(name.url)):
            held = None
        if held and is_young(held):
            return _by_pass(held)
        question = Question(environ, name, names, sent, cookies.visitor(sent.get(names.visitor)), counts)
        json = question.json | question.network(address_behind(environ, self._proxies))
        call = Call(question, json, held)
        return call if self.rest.may_ask() else self.failed(call)

    def answered(self, call: Call, status: int, said: Any) -> Verdict | None:  # noqa: ANN401 - whatever JSON holds
        """Return the verdict that an answer comes to; None where the service knows of no such article."""
        if status >= 500:
            return self.not_answered(call, str(status))
        self.rest.it_answered()
        if status == 429:  # more than the key may ask in a second: others of that second are answered all the same
            log.warning("the service is asked more often than this key may")
            return self.failed(call)
        if status == 404:
            return self._unknown(call, str(said))
        if status == 410:
            return NOT_THERE
        if status != 200:
            log.error("the service refuses the question", status=status, said=str(said)[:300])
            return self.failed(call)
        return self._verdict(call, said)

    def not_answered(self, call: Call, why: str) -> Verdict:
        """Return what holds when no answer came, and leave the service alone for a while."""
        log.warning("the service can't be asked", why=why)
        self.rest.it_did_not()
        return self.failed(call)

    def failed(self, call: Call) -> Verdict:
        """Return what holds without an answer: a pass opens until it ends, all else stays shut."""
        return _by_pass(call.held, "service") if call.held else AWAY

    def _unknown(self, call: Call, said: str) -> Verdict | None:
        """Return None for what is no article; but nobody can tell of a page of some other site that it is none."""
        if _NOT_PUBLISHED in said:
            return NOT_THERE
        if _NO_SITE not in said:
            return None
        log.error("the service knows of no such site: name it there, or here by `site=`", url=call.question.name.url)
        return self.failed(call)

    def _verdict(self, call: Call, said: Any) -> Verdict:  # noqa: ANN401 - whatever JSON holds
        try:
            verdict = verdict_of(call.question, said, self.service)
        except (KeyError, TypeError, ValueError):
            log.exception("the service has answered what is no answer")
            return self.failed(call)
        if said["pass"]:
            self.passes.trust(said["pass"])
        if 0 < len(call.question.name.url) <= _LONGEST_URL:
            if len(self._ids) >= _MOST_IDS:
                self._ids.clear()
            self._ids[call.question.name.url] = str(said["article"])
        return verdict


def _by_pass(held: SignedPass, degraded: str = "") -> Verdict:
    return Verdict(Decision(Extent.FULL, held.reason), 0, "", "", degraded=degraded)
