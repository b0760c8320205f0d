"""What the service is asked, and what follows from what it answers. No network here: both clients share it."""

from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

from paywall.gate.decision import ArticleName, Decision, Extent, Invitation, Prompt, Reason, Verdict, WayOn
from paywall.wall.remote import cookies
from paywall.wall.remote.cookies import Names
from paywall.wall.remote.signing_in import own_address

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LONGEST_REFERRER, _LONGEST_AGENT, _LONGEST_TOKEN = 2_000, 1_000, 4_096


class Question(NamedTuple):
    """One question, and what the answer to it will be made of."""

    environ: "WSGIEnvironment"
    name: ArticleName
    names: Names
    sent: dict[str, str]
    """The cookies that came."""
    visitor: str
    counts: bool

    @property
    def json(self) -> dict[str, Any]:
        """The question as it is sent."""
        article = {"article": self.name.id} if self.name.id else {"url": self.name.url}
        said: dict[str, Any] = {**article, "visitor": self.visitor, "count": self.counts, "words": True}
        reader, referrer = self.sent.get(self.names.reader), self.environ.get("HTTP_REFERER", "")
        said |= {"reader": reader[:_LONGEST_TOKEN]} if reader else {}
        return said | ({"referrer": referrer[:_LONGEST_REFERRER]} if referrer else {})

    def network(self, address: str) -> dict[str, Any]:
        """Return where the visitor calls from, as it is sent."""
        agent = self.environ.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT]
        return {"network": {"address": address, "userAgent": agent}} if address else {}


def verdict_of(question: Question, said: dict[str, Any], service: str) -> Verdict:
    """Return what an answer of the service says; raises KeyError or ValueError for what is none."""
    decision = _decision(said)
    invitation = None if decision.is_full else _invitation(question, said, service)
    return Verdict(decision, 0, "", "", _cookies(question, said, decision), said["degraded"], invitation)


def address_behind(environ: "WSGIEnvironment", proxies: int) -> str:
    """Return the address of who asks, where that many proxies of the site's own stand before it; empty for none.

    A proxy that nobody has told us of must not be taken for the visitor: all of them would be counted as one.
    """
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if proxies and len(hops) >= proxies:
        return _plain(hops[-proxies])
    peer = _plain(environ.get("REMOTE_ADDR", ""))
    return "" if hops and peer and ip_address(peer).is_private else peer


def _plain(hop: str) -> str:
    """Return an IP address without the port that some proxies write to it; empty for what is none, as of a socket."""
    host = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        return ""


def _decision(said: dict[str, Any]) -> Decision:
    resets_at = datetime.fromisoformat(said["resetsAt"]) if said["resetsAt"] else None
    prompt, reason, extent = Prompt(said["prompt"]), Reason(said["reason"]), Extent(said["extent"])
    return Decision(extent, reason, prompt, said["viewsLeft"], resets_at, said["isRegistered"])


def _cookies(question: Question, said: dict[str, Any], decision: Decision) -> tuple[str, ...]:
    """Return what the browser is to keep: its id once it has taken a view, the pass, and no pass that is over."""
    names, sent = question.names, question.sent
    kept = []
    if decision.reason is Reason.METERED and decision.is_full and sent.get(names.visitor) != question.visitor:
        kept.append(cookies.keep(names, names.visitor, question.visitor, cookies.VISITOR_SECONDS))
    if said["pass"] and decision.reason is not Reason.FREE_ARTICLE:
        kept.append(cookies.keep(names, names.signed_pass, said["pass"], cookies.PASS_SECONDS))
    elif names.signed_pass in sent and not decision.is_full:
        kept.append(cookies.keep(names, names.signed_pass, "", 0))
    if said["tokenError"] and names.reader in sent:
        kept.append(cookies.keep(names, names.reader, "", 0))
    return tuple(kept)


def _invitation(question: Question, said: dict[str, Any], service: str) -> Invitation | None:
    """Return the service's words, with links that come back to this page and tell us who it was."""
    words = said.get("words")
    if not words:
        return None
    text = " ".join(part for part in (words["why"], words["offer"], words["price"]) if part)
    beside = [(words["besideLink"], words["beside"]), (words["alsoLink"], words["also"])]
    ways = tuple(_way(question, link, before, service) for link, before in beside if link)
    return Invitation(words["headline"], text, _way(question, words["button"], "", service), ways)


def _way(question: Question, link: dict[str, str], before: str, service: str) -> WayOn:
    """Lead to the service by way of an address of this site where the reader is to come back from there."""
    path = link["url"].removeprefix(service).partition("?")[0]
    own = own_address(path, question.environ)
    return WayOn(link["label"], own or link["url"], before)
