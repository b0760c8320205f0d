"""The billing portal's pages: what one is subscribed to, cancelling and taking it back, the card, the invoices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.routing import Rule
from werkzeug.utils import redirect

from paywall.sandbox.billing.changes import changing
from paywall.sandbox.hosted import portal
from paywall.sandbox.hosted.card_form import card_form, shown_again
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.state.errors import ApiError

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from paywall.sandbox.hosted.pages import Pages
    from paywall.sandbox.state.shapes import Json
    from paywall.sandbox.state.work import Work

REASONS = {
    "too_expensive": "It is too expensive",
    "missing_features": "I miss something",
    "switched_service": "I found something else",
    "unused": "I do not use it enough",
    "other": "Another reason",
}


@dataclass(frozen=True)
class Visit:
    """A customer in the portal: the session, its configuration, and the work that serves this request."""

    pages: Pages
    request: Request
    work: Work
    session: Json
    configuration: Json

    @property
    def home(self) -> str:
        """Return the address of the portal's first page."""
        return f"{self.request.root_path.rstrip('/')}/portal/{self.session['id']}"

    @property
    def features(self) -> Json:
        """Return what the configuration allows."""
        features: Json = self.configuration["features"]
        return features

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """Return one of the portal's pages."""
        known = {"session": self.session, "features": self.features, "home": self.home}
        return self.pages.render(self.request, template, status, **known, **values)

    def subscription(self, identifier: str) -> Json | None:
        """Return one of the customer's own subscriptions."""
        own = portal.subscriptions_of(self.work, self.session["customer"])
        return next((one for one in own if one["id"] == identifier), None)


Handler = Callable[..., "Response"]


def rules(pages: Pages) -> list[Rule]:
    """Return the addresses of the portal."""

    def serve(handler: Handler, *, write: bool = False) -> Handler:
        def answer(request: Request, identifier: str, **arguments: str) -> Response:
            with pages.store.transaction(write=write):
                visit = _visit(pages, request, identifier)
                return handler(visit, **arguments) if isinstance(visit, Visit) else visit

        return answer

    place = "/portal/<identifier>"
    return [
        Rule(place, methods=["GET"], endpoint=serve(_home)),
        Rule(f"{place}/card", methods=["GET"], endpoint=serve(_card)),
        Rule(f"{place}/card", methods=["POST"], endpoint=serve(_change_card, write=True)),
        Rule(f"{place}/cancel/<subscription>", methods=["GET"], endpoint=serve(_ask_to_cancel)),
        Rule(f"{place}/cancel/<subscription>", methods=["POST"], endpoint=serve(_cancel, write=True)),
        Rule(f"{place}/resume/<subscription>", methods=["POST"], endpoint=serve(_resume, write=True)),
        Rule(f"{place}/invoice/<invoice>", methods=["GET"], endpoint=serve(_invoice)),
        Rule("/invoice/<invoice>", methods=["GET"], endpoint=_hosted_invoice(pages)),
    ]


def _visit(pages: Pages, request: Request, identifier: str) -> Visit | Response:
    work = pages.work()
    session = work.store.get("billing_portal.session", identifier)
    if session is None:
        return pages.message(request, "There is no such page.", status=404)
    if work.now >= session["created"] + portal.SESSION_SECONDS:
        text = "For your safety this link works for one hour. Open the page again from your account."
        return pages.message(request, "This link has expired", status=410, text=text, link=session["return_url"] or "")
    configuration = work.get("billing_portal.configuration", session["configuration"])
    return Visit(pages, request, work, session, configuration)


def _home(visit: Visit) -> Response:
    customer = visit.session["customer"]
    own = portal.subscriptions_of(visit.work, customer)
    card = payment_methods.default_for(visit.work, customer, own[0] if own else None)
    finalized = "customer = ? AND json_extract(body, '$.status') != 'draft'"
    invoices = visit.work.store.select("invoice", finalized, [customer])
    return visit.page("portal.html", subscriptions=own, card=card, invoices=invoices)


def _card(visit: Visit) -> Response:
    return visit.page("portal_card.html", typed={}, errors={})


def _change_card(visit: Visit) -> Response:
    if not visit.features["payment_method_update"]["enabled"]:
        return visit.pages.message(visit.request, "This is switched off.", status=403, link=visit.home)
    typed = card_form(visit.request)
    errors = portal.update_card(visit.work, visit.session["customer"], typed)
    if errors:
        return visit.page("portal_card.html", 402, typed=shown_again(typed), errors=errors)
    return redirect(visit.home, 303)


def _ask_to_cancel(visit: Visit, subscription: str) -> Response:
    found = visit.subscription(subscription)
    if found is None or not visit.features["subscription_cancel"]["enabled"]:
        return visit.pages.message(visit.request, "There is nothing to cancel.", status=404, link=visit.home)
    return visit.page("portal_cancel.html", subscription=found, reasons=REASONS)


def _cancel(visit: Visit, subscription: str) -> Response:
    found = visit.subscription(subscription)
    if found is None or not visit.features["subscription_cancel"]["enabled"]:
        return visit.pages.message(visit.request, "There is nothing to cancel.", status=404, link=visit.home)
    reason = visit.request.form.get("reason", "")
    portal.cancel(visit.work, found, visit.configuration)
    if reason in REASONS:
        details = {"feedback": reason}
        changing.update(visit.work, {"id": subscription, "cancellation_details": details})
    return redirect(visit.home, 303)


def _resume(visit: Visit, subscription: str) -> Response:
    found = visit.subscription(subscription)
    if found is None or found["cancel_at"] is None:
        return visit.pages.message(visit.request, "There is nothing to take back.", status=404, link=visit.home)
    portal.resume(visit.work, found)
    return redirect(visit.home, 303)


def _invoice(visit: Visit, invoice: str) -> Response:
    found = visit.work.store.get("invoice", invoice)
    if found is None or found["customer"] != visit.session["customer"]:
        return visit.pages.message(visit.request, "There is no such invoice.", status=404, link=visit.home)
    return visit.page("invoice.html", invoice=found)


def _hosted_invoice(pages: Pages) -> Handler:
    def answer(request: Request, invoice: str) -> Response:
        with pages.store.transaction(write=False):
            try:
                found = pages.work().get("invoice", invoice)
            except ApiError:
                return pages.message(request, "There is no such invoice.", status=404)
            return pages.render(request, "invoice.html", invoice=found, home="")

    return answer
