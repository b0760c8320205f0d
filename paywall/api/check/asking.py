"""Answering a question: the article is found, whoever is named is met, and the gate decides as at our own wall."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from paywall import clock
from paywall.api.check.finding import find_card
from paywall.api.check.models import CheckAnswer, CheckQuestion
from paywall.api.check.words import notice_for, words_for
from paywall.api.ground.routes import Call
from paywall.articles.rules import ArticleCard
from paywall.errors import UnknownHost
from paywall.gate.named.people import Met, Named
from paywall.gate.remote_check import Told
from paywall.meter.visitor import network_key
from paywall.publishers.letterhead import site_url
from paywall.web.addresses import client_address


class Asked(NamedTuple):
    """One question, answered."""

    answer: CheckAnswer
    decision: str
    """As the `Paywall-Decision` header says it."""
    degraded: str
    cookies: tuple[str, ...]


def ask(call: Call, question: CheckQuestion) -> Asked:
    """Answer one question; raises NotFound, Withdrawn or BadInput."""
    now = clock.now()
    profile, gate = call.profile, call.parts.gate
    card = find_card(call.parts, profile.id, question, now)
    met = _meet(call, card, question, now)
    counts = question.count or call.caller.is_publishable
    told = gate.remote(profile, card, met, counts=counts, referrer=question.referrer, now=now)
    answer = _answer(call, card, question, met, told)
    return Asked(answer, told.decision.header, told.degraded, told.cookies)


def _meet(call: Call, card: ArticleCard, question: CheckQuestion, now: datetime) -> Met:
    people = call.parts.gate.people
    named = Named(question.reader, question.signed_pass, question.visitor, _network(call, question))
    is_browser = call.caller.is_publishable and question.reader is None and question.signed_pass is None
    if is_browser and _is_at_home(call):
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


def _own_address(call: Call) -> str:
    environ = call.environ
    forwarded, trusted = environ.get("HTTP_X_FORWARDED_FOR", ""), call.parts.settings.trusted_proxies
    return client_address(environ.get("REMOTE_ADDR", ""), forwarded, trusted)


def _answer(call: Call, card: ArticleCard, question: CheckQuestion, met: Met, told: Told) -> CheckAnswer:
    decision, signed = told.decision, told.signed_pass
    here = _here(card)
    shows_words = question.words and not decision.is_full
    return CheckAnswer(
        article=card.key,
        extent=decision.extent,
        reason=decision.reason,
        prompt=decision.prompt,
        views_left=decision.views_left,
        resets_at=decision.resets_at,
        subscribe_url=_subscribe_url(call, here),
        is_registered=told.is_registered,
        signed_pass=signed.token if signed else None,
        pass_expires_at=signed.expires_at if signed else None,
        degraded=told.degraded,
        token_error="invalid_token" if met.token_is_bad else None,
        words=words_for(call.parts, call.profile, card, decision, here) if shows_words else None,
        notice=notice_for(call.profile, card, decision) if question.words else None,
    )


def _here(card: ArticleCard) -> str:
    """Return where the article is read: at its own address, else here."""
    return card.url or f"/articles/{quote(card.slug, safe='')}"


def _subscribe_url(call: Call, here: str) -> str:
    """Return where to subscribe; another site's server is told afterwards who it was, by way of `/connect`."""
    way_back = here
    if not call.caller.is_publishable and not here.startswith("/"):
        way_back = f"/connect?to={quote(here, safe='')}"
    return f"{site_url(call.profile, call.parts.settings.base_url)}/subscribe?next={quote(way_back, safe='')}"
