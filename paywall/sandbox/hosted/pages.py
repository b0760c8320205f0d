"""The hosted pages a payer's browser sees: checkout, 3-D Secure, and a paid or expired session's last word."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from paywall.installation import folder
from paywall.sandbox.billing.subscriptions import trials
from paywall.sandbox.hosted import paying, portal_pages, selling
from paywall.sandbox.hosted.card_form import card_form, shown_again
from paywall.sandbox.payments.money import money, price_text
from paywall.sandbox.state.events import Cause
from paywall.sandbox.state.ids import token
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.store import Store
from paywall.sandbox.state.work import Work

_LARGEST_FORM = 16_384
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def countries() -> list[tuple[str, str]]:
    """Return codes and English names of countries, by name."""
    names = Locale("en").territories
    real = {
        code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    return sorted(real.items(), key=lambda pair: pair[1])


_NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


class Pages:
    """Answers every path outside `/v1/`."""

    def __init__(self, store: Store, begin: Callable[[Cause], Work]) -> None:
        """Take the store and how a piece of work is begun."""
        self.store, self.begin = store, begin
        self._templates = Environment(
            loader=FileSystemLoader(folder("templates") / "sandbox"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"money": money, "price": price_text, "day": _day}
        self._countries = countries()
        self._urls = Map(
            [
                Rule("/sandbox.css", methods=["GET"], endpoint=self._stylesheet),
                Rule("/checkout/<identifier>", methods=["GET"], endpoint=self._checkout),
                Rule("/checkout/<identifier>", methods=["POST"], endpoint=self._pay),
                Rule("/checkout/<identifier>/3ds", methods=["GET"], endpoint=self._ask),
                Rule("/checkout/<identifier>/3ds", methods=["POST"], endpoint=self._authenticate),
                *portal_pages.rules(self),
            ]
        )

    def answer(self, request: Request) -> Response:
        """Answer one request of a browser."""
        try:
            handler, arguments = self._urls.bind("").match(request.path, request.method)
            if (request.content_length or 0) > _LARGEST_FORM:
                return self.message(request, "That was too much.", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            response: Response = handler(request, **arguments)
        except HTTPException as problem:
            return self.message(request, "There is no such page.", status=HTTPStatus(problem.code or 404))
        return response

    def render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """Return a page; `root` is where the sandbox is mounted."""
        known = {"root": request.root_path.rstrip("/"), "countries": self._countries}
        body = self._templates.get_template(template).render(**known, **values)
        return Response(body, status, _HEADERS, mimetype="text/html")

    def message(self, request: Request, title: str, *, status: int = 200, text: str = "", link: str = "") -> Response:
        """Return a page that says one thing, and where to go on."""
        return self.render(request, "message.html", status, title=title, text=text, link=link)

    def work(self) -> Work:
        """Begin a piece of work for a form that was posted."""
        return self.begin(Cause(f"req_{token(14)}", None))

    def _stylesheet(self, _request: Request) -> Response:
        source = self._templates.loader.get_source(self._templates, "sandbox.css")[0]  # type: ignore[union-attr]
        return Response(source, headers={"Cache-Control": "max-age=300"}, mimetype="text/css")

    def _open_session(self, request: Request, identifier: str) -> tuple[Json | None, Response | None]:
        session = self.store.get("checkout.session", identifier)
        if session is None:
            return None, self.message(request, "There is no such checkout.", status=404)
        if session["status"] == "expired":
            text = "This checkout has expired. Nothing was charged."
            return None, self.message(request, "Expired", status=410, text=text, link=session["cancel_url"] or "")
        if session["status"] == "complete":
            return None, redirect(success_url(session), 303)
        return session, None

    def _checkout(self, request: Request, identifier: str) -> Response:
        with self.store.transaction(write=False):
            session, otherwise = self._open_session(request, identifier)
            return self._form(request, session, {}, {}) if session else otherwise or Response()

    def _form(self, request: Request, session: Json, typed: dict[str, str], errors: dict[str, str]) -> Response:
        private = self.store.private(session["id"])
        lines = private["line_items"]
        status = 402 if errors else 200
        return self.render(
            request,
            "checkout.html",
            status,
            session=session,
            lines=lines,
            typed=shown_again(typed),
            errors=errors,
            asks_no_card=paying.asks_no_card(self.work(), session),
            trial_end=trials.end_of(self.work(), private["subscription_data"]),
        )

    def _pay(self, request: Request, identifier: str) -> Response:
        typed = card_form(request)
        with self.store.transaction(write=True):
            session, otherwise = self._open_session(request, identifier)
            if session is None:
                return otherwise or Response()
            if "promotion_code" in request.form:
                return self._apply_code(request, session)
            result = paying.pay(self.work(), session, typed)
            return self._after(request, session, result, typed)

    def _apply_code(self, request: Request, session: Json) -> Response:
        typed = request.form["promotion_code"].strip()[:100]
        error = selling.apply_code(self.work(), session, typed) if session["allow_promotion_codes"] else ""
        return self._form(request, session, {}, {"promotion_code": error} if error else {})

    def _after(self, request: Request, session: Json, result: paying.Paid, typed: dict[str, str]) -> Response:
        if result.outcome == "paid":
            return redirect(success_url(session), 303)
        if result.outcome == "authenticate":
            return redirect(f"{request.root_path.rstrip('/')}/checkout/{session['id']}/3ds", 303)
        return self._form(request, session, typed, result.errors)

    def _ask(self, request: Request, identifier: str) -> Response:
        with self.store.transaction(write=False):
            session, otherwise = self._open_session(request, identifier)
            if session is None:
                return otherwise or Response()
            if paying.waiting_intent(self.work(), session) is None:
                return redirect(f"{request.root_path.rstrip('/')}/checkout/{identifier}", 303)
            return self.render(request, "three_d_secure.html", session=session)

    def _authenticate(self, request: Request, identifier: str) -> Response:
        with self.store.transaction(write=True):
            session, otherwise = self._open_session(request, identifier)
            if session is None:
                return otherwise or Response()
            result = paying.authenticate(self.work(), session, passed=request.form.get("result") == "complete")
            return self._after(request, session, result, {})


def success_url(session: Json) -> str:
    """Return where the payer goes after paying, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _day(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {moment:%B %Y}"
