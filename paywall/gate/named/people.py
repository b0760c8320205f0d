"""Who is meant, from what a call names: a pass first, then a reader's token, then a visitor's id, else nobody."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from paywall import clock
from paywall.errors import DatabaseUnavailable
from paywall.gate.access import Gate, Who
from paywall.gate.crawlers.rules import Crawler
from paywall.gate.named.tokens import Tokens
from paywall.gate.passes import NOT_MERGED, Pass
from paywall.gate.recognition import Recognition, as_crawler
from paywall.gate.rights import NO_RIGHT
from paywall.gate.signed_passes.mint import PassMint
from paywall.gate.signed_passes.rules import SignedPass
from paywall.gate.signed_passes.sealing import Session
from paywall.publishers.rules import Profile

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_UNITED = 20_000
_NOBODY = "v"


class Named(NamedTuple):
    """Whom a call names, as it came."""

    reader: str | None = None
    """A reader token."""
    signed_pass: str | None = None
    visitor: str | None = None
    """An id that the publisher's server keeps for a browser."""
    network: Callable[[], str] | None = None
    """Gives the keyed hash of the visitor's network and browser."""
    crawler: Crawler | None = None
    """Who it is, verified, if it is a crawler: whoever else is named goes before."""


class Met(NamedTuple):
    """Somebody, and what goes with the answer."""

    who: Who
    is_nobody: bool = False
    """Nobody was named: no view can be taken."""
    token_is_bad: bool = False
    signed_pass: SignedPass | None = None
    """The pass that was shown and opens the article."""
    cookies: tuple[str, ...] = ()
    visitor_cookie: str | None = None
    """To be set if a view is taken."""


class People:
    """Recognises who is named. Safe to share between threads."""

    def __init__(self, secret_key: str, gate: Gate, tokens: Tokens, mint: PassMint, recognition: Recognition) -> None:
        self._visitor_key = visitors_key(secret_key)
        self._gate, self.tokens, self._mint, self._recognition = gate, tokens, mint, recognition
        self._united: dict[tuple[int, str], None] = {}

    def meet(self, profile: Profile, article: str, named: Named, now: datetime) -> Met:
        """Tell who is named in a question about an article (its key) at business time `now`. Never raises."""
        shown = None
        if named.signed_pass is None and named.reader is None:
            return self._visitor(profile, named, is_uncertain=False, token_is_bad=False)
        if named.signed_pass is not None:
            shown = self._verify(named.signed_pass, profile)
            if shown is not None and shown.covers(article):
                return Met(_holder_of(shown, self._session_of(shown)), signed_pass=shown)
        token_is_bad, is_uncertain = named.signed_pass is not None and shown is None, False
        if named.reader is not None:
            try:
                holder = self.tokens.holder(named.reader, profile.id, now)
            except DatabaseUnavailable:
                is_uncertain = True
            else:
                if holder is not None:
                    self._unite_once(profile, holder, named, now)
                    return Met(holder, token_is_bad=token_is_bad)
                token_is_bad = True
        return self._visitor(profile, named, is_uncertain=is_uncertain, token_is_bad=token_is_bad)

    def meet_browser(self, environ: "WSGIEnvironment", profile: Profile, named: Named, now: datetime) -> Met:
        """Tell who a browser is by our own cookies, a visitor where there can be none by the id that the page keeps.

        Browsers keep our cookies for pages that share a domain with us, and send none from others.
        """
        who, cookies, visitor_cookie = self._recognition.recognise(environ, profile, now)
        if who.reader_id is not None:
            self._unite_once(profile, who, named, now)
        elif visitor_cookie is not None and named.visitor is not None and not _shares_a_domain(environ):
            return Met(who._replace(counted_as=self._name(profile.id, named.visitor)), cookies=cookies)
        return Met(who, cookies=cookies, visitor_cookie=visitor_cookie)

    def _verify(self, token: str, profile: Profile) -> SignedPass | None:
        try:
            shown = self._mint.verify(token, profile, clock.wall())
        except DatabaseUnavailable:
            return None
        if shown is None or (shown.session is not None and self._has_ended(profile, shown)):
            return None
        return shown

    def _has_ended(self, profile: Profile, shown: SignedPass) -> bool:
        session = self._session_of(shown)
        if session is None:
            return True
        known = Pass(
            profile.id, session.reader_id, session.sign_in_id, session.access_number, None, False, 0, 0, NOT_MERGED
        )
        return self._recognition.revocations.has_ended(known)

    def _session_of(self, shown: SignedPass) -> Session | None:
        return self._mint.seal.open_session(shown.session) if shown.session else None

    def _visitor(self, profile: Profile, named: Named, *, is_uncertain: bool, token_is_bad: bool) -> Met:
        visitor = named.visitor
        if named.crawler is not None:
            return Met(as_crawler(named.crawler), token_is_bad=token_is_bad)
        name = _NOBODY if visitor is None else name_of_visitor(self._visitor_key, profile.id, visitor)
        return Met(Who(name, None, NO_RIGHT, is_uncertain, named.network), visitor is None, token_is_bad)

    def _name(self, publisher_id: int, visitor: str) -> str:
        return name_of_visitor(self._visitor_key, publisher_id, visitor)

    def _unite_once(self, profile: Profile, holder: Who, named: Named, now: datetime) -> None:
        """Unite the visitor's views with the reader's, once in a sign-in, unless the reader is not counted at all."""
        is_counted = holder.right is None or not holder.right.opens_everything
        if named.visitor is None or holder.known is None or not is_counted:
            return
        pair = (holder.known.sign_in_id, self._name(profile.id, named.visitor))
        if pair not in self._united and self._gate.unite(profile, pair[1], holder.counted_as, now):
            if len(self._united) >= MOST_UNITED:
                self._united.clear()
            self._united[pair] = None


def visitors_key(secret_key: str) -> bytes:
    """Derive the key that names other sites' visitors from the deployment's secret."""
    return hmac.digest(secret_key.encode(), b"paywall visitors of other sites", "sha256")


@lru_cache(maxsize=20_000)  # whoever turns pages is named again and again
def name_of_visitor(key: bytes, publisher_id: int, visitor: str) -> str:
    """Return the meter's name for another site's visitor: a keyed hash that is never one of our own tokens."""
    digest = hmac.digest(key, f"{publisher_id}\n{visitor}".encode(), "sha256")
    return "v." + urlsafe_b64encode(digest[:16]).decode()


def _shares_a_domain(environ: "WSGIEnvironment") -> bool:
    return environ.get("HTTP_SEC_FETCH_SITE") in ("same-origin", "same-site")


def _holder_of(shown: SignedPass, session: Session | None) -> Who:
    """Return whose pass was shown; it opens the article whatever else they have."""
    if session is None:
        return Who(f"v.{shown.subject}", None, NO_RIGHT, proof=shown.reason)
    return Who(f"r{session.reader_id}", session.reader_id, NO_RIGHT, proof=shown.reason)
