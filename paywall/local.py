"""The whole product in the process of a publisher's own site, on the same host: the gate stands before its articles.

`app.wsgi_app = LocalPaywall(app.wsgi_app, cut="div.article-body")` is all there is to it, beside the settings in the
environment. Readers sign in, subscribe and look after their account at the addresses that the product has for that;
all other addresses are the site's own.
"""

import os
from collections.abc import Hashable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from flask import Flask

from paywall import logs
from paywall.app import Product, create_product
from paywall.changes import Change, ChangeKind
from paywall.errors import UnknownHost
from paywall.gate.decide import TRY_AGAIN
from paywall.gate.decision import ArticleName, Invitation, Verdict, WayOn
from paywall.gate.recent import Recent
from paywall.gate.web_check import NOT_LOOKED_UP, WebCheck, by_name
from paywall.gate.words.invitations import Ask, invitation
from paywall.gate.words.phrases import Link
from paywall.newsroom.assets import ASSETS
from paywall.settings import read_settings
from paywall.wall.answering.headers import NOT_THERE
from paywall.wall.middleware import Paywall

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NOT_HERE = frozenset({"assets", "describing", "embed", "feeds", "health", "newsroom"})
"""What the hosted newspaper has, and a site of its own has itself."""
_MOST_SAID = 20_000
_NOBODYS = Verdict(TRY_AGAIN, NOT_LOOKED_UP, "", "")
"""For a request that names a host which is no publisher's: whoever makes one up gets no article by that."""
_ANSWERED_BEFORE_FLASK = ("/v1/", "/webhooks/stripe")


class LocalPaywall:
    """Stands around a WSGI application, and answers readers' pages beside it. Safe to share between threads."""

    def __init__(self, application: "WSGIApplication", product: Product | None = None, **options: Any) -> None:  # noqa: ANN401 - Paywall's own
        """Take the options of `Paywall`; without a `product` it is made from the environment, and started."""
        self.product = product or _from_environment()
        self._starts, self._starting = product is None, Lock()
        self._check = LocalCheck(self.product)
        self.wall = Paywall(application, self._check, **options)
        self._exact, self._beginnings = _addresses(self.product.flask)
        self.product.follower.listen(self._hear)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if self._starts:
            self._start()
        path = environ.get("PATH_INFO", "")
        if path in self._exact or path.startswith(self._beginnings):
            return self.product.flask.wsgi_app(environ, start_response)
        return self.wall(environ, start_response)

    def _start(self) -> None:
        """Start the product's own work: in the process that serves, not in one that only loads the application."""
        with self._starting:
            if self._starts:
                self.product.start()
                self._starts = False

    def _hear(self, change: Change) -> None:
        if change.kind in (ChangeKind.ARTICLE, ChangeKind.PUBLISHER):
            self._check.forget_all()
            self.wall.forget_all()


def _from_environment() -> Product:
    settings = read_settings(os.environ)
    if not structlog.is_configured():  # what the site itself has made of its logs stays as it is
        logs.configure(settings.log_level)
    return create_product(settings)


class LocalCheck:
    """Asks the product's own gate about articles of this site. Safe to share between threads."""

    def __init__(self, product: Product) -> None:
        gate = product.gate
        self._profiles, self._card_of = product.profiles, by_name(gate.catalogue)
        self._check = WebCheck(
            product.profiles, self._card_of, gate.gate, gate.recognition, gate.events, leaves_it_inside=False
        )
        self._said: Recent[Hashable, Invitation] = Recent(_MOST_SAID)

    def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict; None where there is no such article."""
        try:
            verdict = self._check(environ, name, counts=counts)
        except UnknownHost:
            return _NOBODYS
        if verdict is None:
            return NOT_THERE if self._is_known(environ, name) else None
        if verdict.decision.is_full or verdict.article_id == NOT_LOOKED_UP:
            return verdict
        host, here = environ.get("HTTP_HOST", ""), _here(environ)
        which = (host, verdict.article_id, verdict.decision, here)
        said = self._said.get(which)
        if said is None:
            said = self._invitation(host, name, verdict, here)
            if said is not None:
                self._said.put(which, said)
        return verdict._replace(invitation=said)

    def _is_known(self, environ: "WSGIEnvironment", name: ArticleName) -> bool:
        """Tell whether it is an article, though it may not be there yet, or no more."""
        return self._card_of(self._profiles.at_host(environ.get("HTTP_HOST", "")).id, name) is not None

    def forget_all(self) -> None:
        """Have every invitation put in words anew."""
        self._said = Recent(_MOST_SAID)

    def _invitation(self, host: str, name: ArticleName, verdict: Verdict, here: str) -> Invitation | None:
        try:
            profile = self._profiles.at_host(host)
        except UnknownHost:
            return None
        card = self._card_of(profile.id, name)
        if card is None:
            return None
        said = invitation(Ask(verdict.decision, profile, profile.meter_for(card.section), card.access, here))
        beside = [(said.beside_link, said.beside), (said.also_link, said.also)]
        ways = tuple(_way(link, before) for link, before in beside if link)
        return Invitation(said.headline, f"{said.why} {said.offer}", _way(said.button), ways)


def _here(environ: "WSGIEnvironment") -> str:
    query = environ.get("QUERY_STRING", "")
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return quote(path.encode("latin-1", "replace")) + (f"?{query}" if query else "")


def _way(link: Link, before: str = "") -> WayOn:
    return WayOn(link.label, link.path, before)


def _addresses(flask: Flask) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return what of the product's addresses is answered here: whole paths, and beginnings of others."""
    rules = [rule for rule in flask.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in _NOT_HERE]
    exact = {rule.rule for rule in rules if not rule.arguments}
    beginnings = {rule.rule.partition("<")[0] for rule in rules if rule.arguments}
    ours = {f"/static/{name}" for name in (*ASSETS, "accent.css")}
    return frozenset(exact | ours), (*sorted(beginnings), *_ANSWERED_BEFORE_FLASK)
