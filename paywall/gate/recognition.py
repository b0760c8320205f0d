"""Who is at the gate: a reader by a pass, a reader whom the application inside knows, or a visitor by a token.

Only here are passes minted, and only here are a visitor's views united with those of the reader who signed in.
"""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from paywall import clock
from paywall.entitlements.reading import ReaderRights
from paywall.entitlements.rules import Standing
from paywall.errors import DatabaseUnavailable
from paywall.gate import passes
from paywall.gate.access import Gate, Who
from paywall.gate.cookies import VISITOR_SECONDS, drop, keep
from paywall.gate.crawlers.catalogue import claim_of
from paywall.gate.crawlers.rules import Crawler
from paywall.gate.crawlers.verdicts import Crawlers
from paywall.gate.identity import Knocker
from paywall.gate.passes import Pass
from paywall.gate.revocations import Revocations
from paywall.gate.rights import NO_RIGHT, Right, RightsReader, right_at
from paywall.gate.snapshot import Snapshot
from paywall.gate.strangers import Strangers
from paywall.gate.wallets import Wallet, Wallets
from paywall.meter import visitor
from paywall.publishers.rules import Profile
from paywall.readers.knock import Knock
from paywall.settings import Settings
from paywall.web.addresses import client_address
from paywall.web.cookies import cookie_names

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Recognised(NamedTuple):
    """Somebody, the cookies that go with the answer, and the one that goes with it if a view is taken."""

    who: Who
    cookies: tuple[str, ...] = ()
    visitor_cookie: str | None = None


class _Visit(NamedTuple):
    """One request, as far as it tells who sends it."""

    environ: "WSGIEnvironment"
    profile: Profile
    wallet: Wallet
    now: datetime
    wall: datetime


class Recognition:
    """Turns cookies into a reader or a visitor. Safe to share between threads."""

    def __init__(
        self, settings: Settings, gate: Gate, rights: RightsReader, knock: Knocker, crawlers: Crawlers
    ) -> None:
        self._settings = settings
        self._names = cookie_names(https=settings.is_https)
        self._pass_key = passes.pass_key(settings.secret_key)
        self._visitor_key = visitor.visitor_key(settings.secret_key)
        self._gate, self._rights, self._knock, self._crawlers = gate, rights, knock, crawlers
        self.revocations = Revocations()
        self.snapshot = Snapshot()
        self._strangers = Strangers()
        self._wallets = Wallets(settings)

    def recognise(self, environ: "WSGIEnvironment", profile: Profile, now: datetime) -> Recognised:
        """Tell who sends a request to `profile` at business time `now`."""
        wallet = self._wallets.open(environ.get("HTTP_COOKIE"))
        known = wallet.known
        if known is None and wallet.session is None:
            return self._visitor(environ, wallet)
        if known and (known.publisher_id != profile.id or self.revocations.has_ended(known)):
            wallet, known = wallet._replace(known=None), None
        wall = clock.wall()
        age = wall.timestamp() - known.minted_at if known else 0.0
        if known and age < passes.RENEW_AFTER_SECONDS and _is_good_for(known, wallet, now):
            return Recognised(by_pass(known, now))
        return self._look_closer(_Visit(environ, profile, wallet, now, wall), age)

    def _look_closer(self, visit: _Visit, age: float) -> Recognised:
        known, session = visit.wallet.known, visit.wallet.session
        if session and (visit.profile.id, session) not in self._strangers:
            return self._ask_inside(visit, session)
        if known and age < passes.LIFE_SECONDS:
            return Recognised(by_pass(known, visit.now))
        return self._visitor(visit.environ, visit.wallet)

    def _ask_inside(self, visit: _Visit, session: str) -> Recognised:
        """Have the application inside look at the session, read what its reader has, and mint a new pass."""
        try:
            holder = self._identify(visit)
            rights = self._rights.read(visit.profile.id, holder.reader_id) if holder.reader_id else None
        except DatabaseUnavailable:
            return self._during_outage(visit)
        if holder.reader_id is None:
            self._strangers.add((visit.profile.id, session))
        if holder.reader_id is None or holder.sign_in_id is None or rights is None:
            return self._visitor(visit.environ, visit.wallet)
        self.snapshot.remember(holder.reader_id, holder.sign_in_id, rights, visit.wall)
        return self._with_new_pass(visit, holder.reader_id, holder.sign_in_id, rights)

    def _identify(self, visit: _Visit) -> Knock:
        if self._rights.pause.is_on():
            raise DatabaseUnavailable
        try:
            return self._knock(visit.environ)
        except DatabaseUnavailable:
            self._rights.pause.begin()
            raise

    def _with_new_pass(self, visit: _Visit, reader_id: int, sign_in_id: int, rights: ReaderRights) -> Recognised:
        right = right_at(rights, visit.now)
        facts = Pass(
            publisher_id=visit.profile.id,
            reader_id=reader_id,
            sign_in_id=sign_in_id,
            access_number=rights.access_number,
            standing=right.standing,
            is_staff=right.is_staff,
            open_until=passes.whole_seconds(right.valid_until) if right.valid_until else 0,
            minted_at=passes.whole_seconds(visit.wall),
            merged=self._merge(visit, reader_id),
        )
        value = passes.mint(self._pass_key, facts)
        cookie = keep(self._names, self._names.reader_pass, value, passes.IDENTITY_LIFE_SECONDS)
        return Recognised(reader(reader_id, right, facts), (cookie,))

    def _merge(self, visit: _Visit, reader_id: int) -> bytes:
        """Unite the visitor's views with the reader's, unless the last pass says that this was done."""
        known, name = visit.wallet.known, visit.wallet.visitor
        merged = known.merged if known and known.reader_id == reader_id else passes.NOT_MERGED
        if name is None or merged == passes.visitor_digest(name):
            return merged
        if self._gate.unite(visit.profile, f"v{name}", f"r{reader_id}", visit.now):
            return passes.visitor_digest(name)
        return passes.NOT_MERGED

    def _during_outage(self, visit: _Visit) -> Recognised:
        """Go by a pass of up to fifteen minutes, or by what this process saw within a day."""
        known = visit.wallet.known
        age = visit.wall.timestamp() - known.minted_at if known else 0.0
        if known is None or age > passes.IDENTITY_LIFE_SECONDS:
            return self._visitor(visit.environ, visit.wallet, is_uncertain=True)
        if age < passes.OUTAGE_LIFE_SECONDS and known.opens_everything(visit.now.timestamp()):
            return Recognised(by_pass(known, visit.now)._replace(is_uncertain=True))
        seen = self.snapshot.rights_under(known, visit.wall)
        if seen is not None:
            right = right_at(seen, visit.now)
            return Recognised(reader(known.reader_id, right, known)._replace(is_uncertain=True))
        if age < passes.OUTAGE_LIFE_SECONDS:
            return Recognised(reader(known.reader_id, NO_RIGHT, known)._replace(is_uncertain=True))
        return self._visitor(visit.environ, visit.wallet, is_uncertain=True)

    def _visitor(self, environ: "WSGIEnvironment", wallet: Wallet, *, is_uncertain: bool = False) -> Recognised:
        """Recognise a visitor by the token, or give a new one, which is set when a view is taken."""
        user_agent = environ.get("HTTP_USER_AGENT", "")
        if claim_of(user_agent) is not None:
            crawler = self._crawlers.verify(self._address(environ), user_agent)
            if crawler is not None:
                return Recognised(as_crawler(crawler))
        name, cookie = wallet.visitor, None
        if name is None:
            name, cookie = self._new_visitor()
        dropped = (drop(self._names, self._names.reader_pass),) if wallet.has_pass and not is_uncertain else ()
        who = Who("v" + name, None, NO_RIGHT, is_uncertain, lambda: self._network(environ))
        return Recognised(who, dropped, cookie)

    def _new_visitor(self) -> tuple[str, str]:
        token = visitor.mint(self._visitor_key)
        name = visitor.read(self._visitor_key, token)
        assert name is not None  # noqa: S101 - minted a line above
        return name, keep(self._names, self._names.visitor, token, VISITOR_SECONDS)

    def _network(self, environ: "WSGIEnvironment") -> str:
        address = self._address(environ)
        return visitor.network_key(self._settings.secret_key, address, environ.get("HTTP_USER_AGENT", ""))

    def _address(self, environ: "WSGIEnvironment") -> str:
        return client_address(
            environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", ""), self._settings.trusted_proxies
        )


def _is_good_for(known: Pass, wallet: Wallet, now: datetime) -> bool:
    """Tell whether the pass opens everything, or else has this visitor's views among the reader's."""
    if known.opens_everything(now.timestamp()):
        return True
    return wallet.visitor is None or known.merged == passes.visitor_digest(wallet.visitor)


def by_pass(known: Pass, now: datetime) -> Who:
    """Return the reader of a pass; what it does not open is asked of the database each time."""
    opens = known.opens_everything(now.timestamp())
    return reader(known.reader_id, _RIGHT_BY_PASS[known.standing, known.is_staff] if opens else None, known)


def as_crawler(crawler: Crawler) -> Who:
    """Return a verified crawler: it has no token and no meter."""
    return Who(f"c{crawler.name}", None, NO_RIGHT, crawler=crawler)


def reader(reader_id: int, right: Right | None, known: Pass) -> Who:
    """Return a reader whose right was read, or is still to be asked for (None)."""
    return Who(f"r{reader_id}", reader_id, right, known=known)


_RIGHT_BY_PASS = {
    (standing, is_staff): Right(standing, is_staff=is_staff)
    for standing in (None, *Standing)
    for is_staff in (False, True)
}
