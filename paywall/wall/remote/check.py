"""`RemoteCheck`: what a publisher's site hands to the wall, to have the service decide.

A browser with a pass that opens the page costs no call. All others cost one; whoever has paid gets a pass with the
answer, and reads on by it while the service can't be reached.
"""

from typing import TYPE_CHECKING, Any

import httpx

from paywall.gate.decision import ArticleName, Verdict
from paywall.wall.remote.asking import Asking
from paywall.wall.remote.signing_in import Exchange, SigningIn, signed_in
from paywall.wall.variants import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TIMEOUT_SECONDS = 2.0
_FAILED = (httpx.HTTPError, ValueError)


class _Client:
    """What near and far have in common: where the service is, by which key it is asked, and what is known of it."""

    def __init__(
        self,
        service: str,
        key: str,
        *,
        publisher: str | None = None,
        proxies: int = 0,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Name the service as its readers know it (https://members.paper.example), and the key for this site.

        `publisher` is the slug that passes must be for; without it any of that host's are taken. `proxies` is how many
        proxies of your own stand before this site: visitors' addresses are read from X-Forwarded-For by that.
        """
        self._service, self._timeout = service.rstrip("/"), httpx.Timeout(timeout_seconds, connect=timeout_seconds / 2)
        self._headers = {"Authorization": f"Bearer {key}", "User-Agent": "paywall-client"}
        self._asking = Asking(self._service, publisher, proxies, timeout_seconds)
        self._signing_in = SigningIn(self._service)


class RemoteCheck(_Client):
    """Asks the service at `service` with a secret key. Safe to share between threads; make one for each process."""

    def __init__(self, service: str, key: str, **options: Any) -> None:  # noqa: ANN401 - _Client's own
        super().__init__(service, key, **options)
        self._http = httpx.Client(base_url=self._service, timeout=self._timeout, headers=self._headers)

    def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict; None where the service knows of no such article."""
        call = self._asking.begin(environ, name, counts=counts)
        if isinstance(call, Verdict):
            return call
        try:
            answer = self._http.post("/v1/check", json=call.json)
            said = answer.json() if answer.status_code == 200 else answer.text
        except _FAILED as error:
            return self._asking.not_answered(call, type(error).__name__)
        return self._asking.answered(call, answer.status_code, said)

    def own_page(self, environ: "WSGIEnvironment") -> Page | None:
        """Answer the wall's own addresses on this site: signing in, subscribing, coming back from that."""
        answer = self._signing_in.page(environ)
        return signed_in(environ, answer, self._token(answer)) if isinstance(answer, Exchange) else answer

    def _token(self, exchange: Exchange) -> str | None:
        try:
            return _token_in(self._http.post("/v1/readers/token", json={"code": exchange.code}))
        except _FAILED:
            return None


class AsyncRemoteCheck(_Client):
    """The same for `AsgiPaywall`, waiting without a thread. Make one for each event loop."""

    def __init__(self, service: str, key: str, **options: Any) -> None:  # noqa: ANN401 - _Client's own
        super().__init__(service, key, **options)
        self._http = httpx.AsyncClient(base_url=self._service, timeout=self._timeout, headers=self._headers)

    async def __call__(self, environ: "WSGIEnvironment", name: ArticleName, *, counts: bool) -> Verdict | None:
        """Return the verdict; None where the service knows of no such article."""
        call = self._asking.begin(environ, name, counts=counts)
        if isinstance(call, Verdict):
            return call
        try:
            answer = await self._http.post("/v1/check", json=call.json)
            said = answer.json() if answer.status_code == 200 else answer.text
        except _FAILED as error:
            return self._asking.not_answered(call, type(error).__name__)
        return self._asking.answered(call, answer.status_code, said)

    async def own_page(self, environ: "WSGIEnvironment") -> Page | None:
        """Answer the wall's own addresses on this site."""
        answer = self._signing_in.page(environ)
        return signed_in(environ, answer, await self._token(answer)) if isinstance(answer, Exchange) else answer

    async def _token(self, exchange: Exchange) -> str | None:
        try:
            return _token_in(await self._http.post("/v1/readers/token", json={"code": exchange.code}))
        except _FAILED:
            return None


def _token_in(answer: httpx.Response) -> str | None:
    """Return the reader token that the service gives for a code; None where it has none."""
    token = answer.json().get("token") if answer.status_code == 200 else None
    return token if isinstance(token, str) else None
