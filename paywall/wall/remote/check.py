"""`RemoteCheck`: what a publisher's site hands to the wall, to have the service decide.

A browser with a pass that opens the page costs no call. All others cost one; whoever has paid gets a pass with the
answer, and reads on by it while the service can't be reached.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from structlog import get_logger

from paywall import clock
from paywall.gate.decision import ArticleName, Decision, Extent, Invitation, Prompt, Reason, Verdict
from paywall.wall.remote import cookies
from paywall.wall.remote.cookies import Names
from paywall.wall.remote.keys import Keys
from paywall.wall.remote.passes import Held, Passes
from paywall.wall.remote.signing_in import SIGN_IN, SUBSCRIBE, SigningIn, at
from paywall.wall.variants import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = get_logger()
TIMEOUT_SECONDS = 2.0
_REST = timedelta(seconds=1)
"""How long a service that did not answer is left alone."""
AWAY = Verdict(Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN), 0, "", "", degraded="service")
GONE = Verdict(Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.NONE), 0, "", "")


class RemoteCheck:
    """Asks the service at `service` with a secret key. Safe to share between threads; make one for each process."""

    def __init__(
        self,
        service: str,
        key: str,
        *,
        publisher: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        client: httpx.Client | None = None,
    ) -> None:
        """Name the service as its readers know it (https://members.paper.example), and the key for this site.

        `publisher` is the slug that passes must be for; without it any of that host's are taken.
        """
        self._service = service.rstrip("/")
        self._client = client or httpx.Client(timeout=timeout_seconds, headers={"User-Agent": "paywall-client"})
        self._headers = {"Authorization": f"Bearer {key}"}
        self._passes = Passes(Keys(self._client, f"{self._service}/.well-known/jwks.json"), self._service, publisher)
        self._signing_in = SigningIn(self._service, self._exchange)
        self._left_alone_until: datetime | None = None

    def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict; None where the service knows of no such article."""
        names, sent = cookies.names_for(environ), cookies.read(environ)
        held, now = self._passes.read(sent.get(names.signed_pass)), clock.wall()
        if held and held.opens(name, now.timestamp()) and held.is_young(now.timestamp()):
            return _by_pass(held)
        visitor = sent.get(names.visitor) or cookies.new_visitor()
        answer = self._ask(_question(environ, name, sent.get(names.reader), visitor, counts=counts))
        if answer is None:
            return _by_pass(held, "service") if held and held.opens(name, now.timestamp()) else AWAY
        if answer.status_code == 404:
            return None
        if answer.status_code == 410:
            return GONE
        return self._verdict(environ, answer.json(), names, sent, visitor)

    def own_page(self, environ: "WSGIEnvironment") -> Page | None:
        """Answer the wall's own addresses on this site: signing in, subscribing, coming back from that."""
        return self._signing_in.page(environ)

    def _ask(self, question: dict[str, Any]) -> httpx.Response | None:
        """Return the answer; None where there is none that can be used."""
        if self._left_alone_until is not None and clock.wall() < self._left_alone_until:
            return None
        try:
            answer = self._client.post(f"{self._service}/v1/check", json=question, headers=self._headers)
        except httpx.HTTPError as error:
            self._leave_alone(type(error).__name__)
            return None
        if answer.status_code in (200, 404, 410):
            return answer
        if answer.status_code >= 500 or answer.status_code == 429:
            self._leave_alone(str(answer.status_code))
            return None
        log.error("the service refuses the question", status=answer.status_code, answer=answer.text[:300])
        return None

    def _leave_alone(self, why: str) -> None:
        log.warning("the service can't be asked", why=why)
        self._left_alone_until = clock.wall() + _REST

    def _exchange(self, code: str) -> str | None:
        """Return the reader token that the service gives for a code; None where it has none."""
        try:
            answer = self._client.post(f"{self._service}/v1/readers/token", json={"code": code}, headers=self._headers)
            return str(answer.json()["token"]) if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError, KeyError):
            return None

    def _verdict(
        self, environ: "WSGIEnvironment", said: dict[str, Any], names: Names, sent: dict[str, str], visitor: str
    ) -> Verdict:
        decision = _decision(said)
        if said["pass"]:
            self._passes.trust(said["pass"])
        return Verdict(
            decision,
            0,
            "",
            "",
            _cookies(said, decision, names, sent, visitor),
            said["degraded"],
            None if decision.is_full else _invitation(environ, said),
        )


def _question(
    environ: "WSGIEnvironment", name: ArticleName, reader: str | None, visitor: str, *, counts: bool
) -> dict[str, Any]:
    article = {"article": name.id} if name.id else {"url": name.url}
    network = {"address": environ.get("REMOTE_ADDR", ""), "userAgent": environ.get("HTTP_USER_AGENT", "")[:1_000]}
    question = {**article, "visitor": visitor, "count": counts, "words": True}
    question |= {"network": network} if network["address"] else {}
    question |= {"reader": reader} if reader else {}
    referrer = environ.get("HTTP_REFERER", "")
    return question | ({"referrer": referrer[:2_000]} if referrer else {})


def _decision(said: dict[str, Any]) -> Decision:
    resets_at = datetime.fromisoformat(said["resetsAt"]) if said["resetsAt"] else None
    prompt, reason, extent = Prompt(said["prompt"]), Reason(said["reason"]), Extent(said["extent"])
    return Decision(extent, reason, prompt, said["viewsLeft"], resets_at, said["isRegistered"])


def _cookies(
    said: dict[str, Any], decision: Decision, names: Names, sent: dict[str, str], visitor: str
) -> tuple[str, ...]:
    """Return what the browser is to keep: its id once it has taken a view, the pass, and no pass that is over."""
    kept = []
    if decision.reason is Reason.METERED and decision.is_full and names.visitor not in sent:
        kept.append(cookies.keep(names, names.visitor, visitor, cookies.VISITOR_SECONDS))
    if said["pass"] and decision.reason is not Reason.FREE_ARTICLE:
        kept.append(cookies.keep(names, names.signed_pass, said["pass"], cookies.PASS_SECONDS))
    elif names.signed_pass in sent and not decision.is_full:
        kept.append(cookies.keep(names, names.signed_pass, "", 0))
    if said["tokenError"] and names.reader in sent:
        kept.append(cookies.keep(names, names.reader, "", 0))
    return tuple(kept)


def _invitation(environ: "WSGIEnvironment", said: dict[str, Any]) -> Invitation | None:
    """Return the service's words, with links that come back to this page and tell us who it was."""
    words = said.get("words")
    if not words:
        return None
    text = " ".join(part for part in (words["why"], words["offer"], words["price"]) if part)
    path = SIGN_IN if said["prompt"] == Prompt.REGISTER else SUBSCRIBE
    return Invitation(words["headline"], text, words["button"]["label"], at(path, environ), at(SIGN_IN, environ))


def _by_pass(held: Held, degraded: str = "") -> Verdict:
    return Verdict(Decision(Extent.FULL, held.reason), 0, "", "", degraded=degraded)
