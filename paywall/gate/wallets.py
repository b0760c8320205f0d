"""What the cookies of a request come to: the pass and the visitor's token verified, the session as it came.

That depends on the Cookie header and our keys alone, so what was read once is remembered for a while: who turns pages
is verified once. Whether a pass is still good is judged on every request all the same.
"""

from typing import NamedTuple

from paywall.gate import passes
from paywall.gate.cookies import read_cookies
from paywall.gate.passes import Pass
from paywall.meter import visitor
from paywall.settings import Settings
from paywall.web.cookies import cookie_names

MOST = 20_000
_LONGEST = 1_000
"""Characters of a header worth remembering."""


class Wallet(NamedTuple):
    """The cookies that matter to the gate."""

    known: Pass | None = None
    """What a pass says, of whatever age."""
    visitor: str | None = None
    """The id in a visitor's token."""
    session: str | None = None
    has_pass: bool = False
    """A pass cookie is there, whatever it is worth."""


_EMPTY = Wallet()


class Wallets:
    """Reads Cookie headers. Safe to share between threads."""

    def __init__(self, settings: Settings, most: int = MOST) -> None:
        self._names = cookie_names(https=settings.is_https)
        self._pass_key = passes.pass_key(settings.secret_key)
        self._visitor_key = visitor.visitor_key(settings.secret_key)
        self._most = most
        self._read: dict[str, Wallet] = {}

    def open(self, header: str | None) -> Wallet:
        """Return what is in the cookies; what nobody of ours has signed is not there. Never raises."""
        if not header:
            return _EMPTY
        wallet = self._read.get(header)
        if wallet is None:
            wallet = self._verify(read_cookies(header))
            self._remember(header, wallet)
        return wallet

    def _verify(self, cookies: dict[str, str]) -> Wallet:
        signed, token = cookies.get(self._names.reader_pass), cookies.get(self._names.visitor)
        return Wallet(
            known=passes.read(self._pass_key, signed) if signed else None,
            visitor=visitor.read(self._visitor_key, token) if token else None,
            session=cookies.get(self._names.session) or None,
            has_pass=signed is not None,
        )

    def _remember(self, header: str, wallet: Wallet) -> None:
        if len(header) > _LONGEST or wallet == _EMPTY:
            return  # made-up headers have no end
        if len(self._read) >= self._most:
            self._read.clear()
        self._read[header] = wallet
