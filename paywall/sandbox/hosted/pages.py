"""The hosted pages a payer's browser sees: finding the one that is asked for, and putting it into HTML."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from paywall.installation import folder
from paywall.sandbox.hosted import checkout_pages
from paywall.sandbox.hosted.asking import Asked, Handler
from paywall.sandbox.hosted.invoices import pages as invoice_pages
from paywall.sandbox.hosted.portal import pages as portal_pages
from paywall.sandbox.payments.money import money, price_text
from paywall.sandbox.state.errors import ApiError
from paywall.sandbox.state.events import Cause
from paywall.sandbox.state.ids import token
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
        self._store, self._begin = store, begin
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
                *checkout_pages.rules(self._serve),
                *invoice_pages.rules(self._serve),
                *portal_pages.rules(self._serve),
            ]
        )

    def answer(self, request: Request) -> Response:
        """Answer one request of a browser."""
        try:
            handler, arguments = self._urls.bind("").match(request.path, request.method)
            if (request.content_length or 0) > _LARGEST_FORM:
                return self._message(request, "That was too much.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            response: Response = handler(request, **arguments)
        except ApiError as error:
            return self._message(request, error.message, error.status)
        except HTTPException as problem:
            return self._message(request, "There is no such page.", problem.code or 404)
        return response

    def _serve(self, handler: Handler, *, write: bool = False) -> Handler:
        def answer(request: Request, **arguments: str) -> Response:
            with self._store.transaction(write=write):
                work = self._begin(Cause(f"req_{token(14)}", None))
                return handler(Asked(request, work, self._render), **arguments)

        return answer

    def _render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        known = {"root": request.root_path.rstrip("/"), "countries": self._countries}
        body = self._templates.get_template(template).render(**known, **values)
        return Response(body, status, _HEADERS, mimetype="text/html")

    def _message(self, request: Request, title: str, status: int) -> Response:
        return self._render(request, "message.html", status, title=title, text="", link="")

    def _stylesheet(self, _request: Request) -> Response:
        source = self._templates.loader.get_source(self._templates, "sandbox.css")[0]  # type: ignore[union-attr]
        return Response(source, headers={"Cache-Control": "max-age=300"}, mimetype="text/css")


def _day(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {moment:%B %Y}"
