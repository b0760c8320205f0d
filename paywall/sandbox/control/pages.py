"""The control page over HTTP: one page to look at, and forms that post to addresses below it.

It has no password: it is served on the loopback address. A form is taken only from its own pages, or from a program.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from paywall.installation import folder
from paywall.sandbox.clocks.turning import Turner
from paywall.sandbox.control import fault_form, overview, times
from paywall.sandbox.control.hands import HANDS, switch_card
from paywall.sandbox.state.errors import ApiError, refused
from paywall.sandbox.state.events import Cause
from paywall.sandbox.state.ids import token
from paywall.sandbox.webhooks import keeping

if TYPE_CHECKING:
    from paywall.sandbox.server import Sandbox

PATH = "/control"
_PATIENCE_SECONDS = 2.0
_MOST_WEBHOOKS = 30
_LARGEST_FORM = 16_384
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Control:
    """Answers every path below `/control` for one sandbox."""

    def __init__(self, sandbox: "Sandbox", turner: Turner, now: Callable[[], datetime]) -> None:
        """Take the sandbox, what turns its clock, and business time."""
        self._sandbox, self._turner, self._now = sandbox, turner, now
        self._templates = Environment(
            loader=FileSystemLoader(folder("templates") / "sandbox" / "control"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["moment"] = _moment
        self._urls = Map(
            [
                Rule("/control", methods=["GET"], endpoint=self._show),
                Rule("/control/control.css", methods=["GET"], endpoint=self._stylesheet),
                *(Rule(path, methods=["POST"], endpoint=endpoint) for path, endpoint in self._forms().items()),
            ]
        )

    def _forms(self) -> dict[str, Callable[..., Response]]:
        return {
            "/control/clock": self._turn,
            "/control/customers/<identifier>/card": self._card,
            "/control/customers/<identifier>/<hand>": self._hand,
            "/control/webhooks/<int:seq>": self._resend,
            "/control/endpoints/<identifier>/secret": self._roll,
            "/control/endpoints/<identifier>/on": self._switch_on,
            "/control/faults": self._add_fault,
            "/control/faults/clear": self._clear_faults,
        }

    def answer(self, request: Request) -> Response:
        """Answer one request of a browser, or of a script."""
        try:
            handler, arguments = self._urls.bind("").match(request.path, request.method)
            if request.method == "POST":
                _refuse_foreign(request)
            response: Response = handler(request, **arguments)
        except ApiError as error:
            return self._page(request, error.status, problem=error.message)
        except HTTPException as problem:
            return self._page(request, problem.code or 404, problem=problem.description or "There is no such page.")
        return response

    def _show(self, request: Request) -> Response:
        return self._page(request)

    def _page(self, request: Request, status: int = 200, **said: str) -> Response:
        with self._sandbox.store.transaction(write=False):
            people = overview.people(self._sandbox.store)
            endpoints = self._sandbox.store.select("webhook_endpoint", tail="ORDER BY seq")
        known: dict[str, Any] = {
            "root": request.root_path.rstrip("/"),
            "now": self._now(),
            "turn": self._turner.turn,
            "people": people,
            "endpoints": endpoints,
            "webhooks": self._sandbox.deliverer.waiting.recent(_MOST_WEBHOOKS),
            "faults": self._sandbox.faults.waiting(),
            "fault_kinds": fault_form.KINDS,
            "routes": fault_form.ROUTES,
            **said,
        }
        body = self._templates.get_template("page.html").render(known)
        return Response(body, status, _HEADERS, mimetype="text/html")

    def _stylesheet(self, _request: Request) -> Response:
        source = self._templates.loader.get_source(self._templates, "control.css")[0]  # type: ignore[union-attr]
        return Response(source, headers={"Cache-Control": "max-age=300"}, mimetype="text/css")

    def _turn(self, request: Request) -> Response:
        """Turn the clock; a long way goes on while the page, which loads itself again, shows how far it is."""
        with self._sandbox.store.transaction(write=False):
            until = times.wanted(self._sandbox.store, request.form, self._now())
        try:
            begun = self._turner.begin(until)
        except ValueError as problem:
            raise refused(str(problem)) from problem
        if not begun:
            raise refused("The clock is being turned already.")
        self._turner.wait(_PATIENCE_SECONDS)
        return _back(request, "clock")

    def _card(self, request: Request, identifier: str) -> Response:
        kind = request.form.get("card", "")
        return self._by_hand(request, identifier, lambda work, customer: switch_card(work, customer, kind))

    def _hand(self, request: Request, identifier: str, hand: str) -> Response:
        if hand not in HANDS:
            raise refused("There is no such button.")
        return self._by_hand(request, identifier, HANDS[hand])

    def _by_hand(self, request: Request, identifier: str, do: Callable[..., None]) -> Response:
        with self._sandbox.store.transaction(write=True):
            work = self._sandbox.begin(Cause(f"req_{token(14)}"))
            work.get("customer", identifier)
            do(work, identifier)
        return _back(request, identifier)

    def _resend(self, request: Request, seq: int) -> Response:
        delivery = self._sandbox.deliverer.waiting.one(seq)
        if delivery is None:
            raise refused("There is no such webhook.")
        self._sandbox.deliverer.deliver(delivery)
        return _back(request, "webhooks")

    def _roll(self, request: Request, identifier: str) -> Response:
        if self._sandbox.get("webhook_endpoint", identifier) is None:
            raise refused("There is no such endpoint.")
        secret = self._sandbox.roll_secret(identifier)
        return self._page(request, said=f"The new signing secret is {secret}. For a day both sign.")

    def _switch_on(self, request: Request, identifier: str) -> Response:
        with self._sandbox.store.transaction(write=True):
            work = self._sandbox.begin()
            work.change(work.get("webhook_endpoint", identifier), status="enabled")
            keeping.note_success(self._sandbox.store, identifier)
        return _back(request, "webhooks")

    def _add_fault(self, request: Request) -> Response:
        fault_form.add_fault(self._sandbox.faults, request.form)
        return _back(request, "faults")

    def _clear_faults(self, request: Request) -> Response:
        self._sandbox.faults.clear()
        return _back(request, "faults")


def is_below(path: str) -> bool:
    """Tell whether the control page answers this path."""
    return path == PATH or path.startswith(f"{PATH}/")


def _refuse_foreign(request: Request) -> None:
    """Refuse a form that another site's page has sent, and one that is too large to be ours."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if site not in {None, "same-origin", "none"} or (origin is not None and urlsplit(origin).netloc != request.host):
        raise Forbidden("This form was sent from another site.")
    if urlsplit(f"//{request.host}").hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise Forbidden("The control page answers on this machine only.")
    if (request.content_length or 0) > _LARGEST_FORM:
        raise Forbidden("That was too much.")


def _back(request: Request, place: str) -> Response:
    answer = redirect(f"{request.root_path.rstrip('/')}{PATH}#{place}", 303)
    assert isinstance(answer, Response)  # noqa: S101 - werkzeug's annotation is wider
    return answer


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{value.astimezone(UTC):%d %b %Y, %H:%M}".lstrip("0")
