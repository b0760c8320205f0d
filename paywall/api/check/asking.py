"""Answering a question: the article is found, whoever is named is met, and the gate decides as at our own wall."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from paywall import clock
from paywall.api.check.finding import find_card
from paywall.api.check.models import CheckQuestion
from paywall.api.check.words import notice_for, words_for
from paywall.api.check.writing import write_answer, write_ending
from paywall.api.ground.routes import Call
from paywall.articles.addresses import canonical_url
from paywall.articles.rules import ArticleCard
from paywall.errors import BadInput, UnknownHost
from paywall.gate.crawlers.catalogue import claim_of
from paywall.gate.crawlers.rules import Crawler
from paywall.gate.named.people import Met, Named
from paywall.gate.remote_check import Told
from paywall.meter.visitor import network_key
from paywall.publishers.letterhead import site_url
from paywall.web.addresses import client_address

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PREFETCH = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")
Asked = tuple[str, str, str, tuple[str, ...]]
"""One question, answered: JSON in the shape of CheckAnswer, the `Paywall-Decision` header, what was down, cookies."""


def ask(call: Call, question: CheckQuestion) -> Asked:
    """Answer one question that names one article; raises NotFound, Withdrawn or BadInput."""
    now = clock.now()
    profile, gate = call.profile, call.parts.gate
    card = find_card(call.parts, profile.id, question, now)
    met = _meet(call, card, question, now)
    counts = not is_prefetch(call.environ) if call.caller.is_publishable else question.count
    told = gate.remote(profile, card, met, counts=counts, referrer=question.referrer, now=now)
    answer = _answer(call, card, question, met, told)
    return answer, told.decision.header, told.degraded, told.cookies


def is_prefetch(environ: "WSGIEnvironment") -> bool:
    """Tell whether a browser asks for what nobody may ever look at."""
    return any("prefetch" in environ.get(name, "") for name in _PREFETCH)


def judge(question: CheckQuestion) -> None:
    """Raise BadInput unless the question names one article, in one way."""
    if (question.article is None) is (question.url is None):
        raise BadInput("article", "Name the article by `article` or by `url`.")
    if question.url is not None:
        canonical_url(question.url)


def _meet(call: Call, card: ArticleCard, question: CheckQuestion, now: datetime) -> Met:
    people = call.parts.gate.people
    is_page = call.caller.is_publishable
    network = _network(call, question) if is_page or question.network else None
    named = Named(question.reader, question.signed_pass, question.visitor, network, _crawler(call, question))
    if is_page and question.reader is None and question.signed_pass is None and _is_at_home(call):
        return people.meet_browser(call.environ, call.profile, named, now)
    return people.meet(call.profile, card.key, named, now)


def _is_at_home(call: Call) -> bool:
    """Tell whether a page called us under a host name of its own publisher, whose cookies are that publisher's."""
    try:
        return call.parts.profiles.at_host(call.environ.get("HTTP_HOST", "")).id == call.profile.id
    except UnknownHost:
        return False


def _network(call: Call, question: CheckQuestion) -> Callable[[], str] | None:
    secret = call.parts.settings.secret_key
    if call.caller.is_publishable:
        return lambda: network_key(secret, _own_address(call), call.environ.get("HTTP_USER_AGENT", ""))
    network = question.network
    return None if network is None else lambda: network_key(secret, network.address, network.user_agent)


def _crawler(call: Call, question: CheckQuestion) -> Crawler | None:
    """Return the crawler that asks, verified by where the publisher's server says it calls from, or a page does."""
    crawlers, network = call.parts.gate.crawlers, question.network
    if not call.caller.is_publishable:
        return crawlers.verify(network.address, network.user_agent) if network else None
    user_agent = call.environ.get("HTTP_USER_AGENT", "")
    return crawlers.verify(_own_address(call), user_agent) if claim_of(user_agent) else None


def _own_address(call: Call) -> str:
    environ = call.environ
    forwarded, trusted = environ.get("HTTP_X_FORWARDED_FOR", ""), call.parts.settings.trusted_proxies
    return client_address(environ.get("REMOTE_ADDR", ""), forwarded, trusted)


def _answer(call: Call, card: ArticleCard, question: CheckQuestion, met: Met, told: Told) -> str:
    decision, here = told.decision, _here(card.url, card.slug)
    words = notice = None
    if question.words:
        words = None if decision.is_full else words_for(call.parts, call.profile, card, decision, here)
        notice = notice_for(call.profile, card, decision)
    site = site_url(call.profile, call.parts.settings.base_url)
    url = subscribe_url(site, here, is_page=call.caller.is_publishable)
    token_is_bad = met.token_is_bad
    ending = write_ending(told.degraded, words, notice, token_is_bad=token_is_bad)
    return write_answer(card.key, decision, url, told.signed_pass, ending, is_registered=told.is_registered)


@lru_cache(maxsize=10_000)
def _here(url: str | None, slug: str) -> str:
    """Return where the article is read: at its own address, else here."""
    return url or f"/articles/{quote(slug, safe='')}"


@lru_cache(maxsize=10_000)
def subscribe_url(site: str, here: str, *, is_page: bool) -> str:
    """Return where to subscribe; another site's server is told afterwards who it was, by way of `/connect`."""
    way_back = here if is_page or here.startswith("/") else f"/connect?to={quote(here, safe='')}"
    return f"{site}/subscribe?next={quote(way_back, safe='')}"
