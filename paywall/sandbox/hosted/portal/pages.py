"""The portal's addresses and its first page: what one is subscribed to, the card, the invoices, what is owed."""

from werkzeug.routing import Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from paywall.sandbox.hosted.asking import Handler, Serve
from paywall.sandbox.hosted.invoices import paying
from paywall.sandbox.hosted.portal import cancelling, card_update, switching
from paywall.sandbox.hosted.portal.visit import Visit, visiting
from paywall.sandbox.payments import payment_methods
from paywall.sandbox.state.shapes import Json


def rules(serve: Serve) -> list[Rule]:
    """Return the addresses of the portal."""
    place = "/portal/<identifier>"
    reading: dict[str, Handler] = {
        "": _home,
        "/card": card_update.ask,
        "/3ds": card_update.ask_bank,
        "/cancel/<subscription>": cancelling.ask,
        "/switch/<subscription>": switching.ask,
        "/invoice/<invoice>": _invoice,
    }
    writing: dict[str, Handler] = {
        "/card": card_update.change,
        "/3ds": card_update.authenticate,
        "/cancel/<subscription>": cancelling.cancel,
        "/resume/<subscription>": cancelling.take_back,
        "/switch/<subscription>": switching.switch,
    }
    shown = [Rule(place + path, methods=["GET"], endpoint=serve(visiting(each))) for path, each in reading.items()]
    done = [
        Rule(place + path, methods=["POST"], endpoint=serve(visiting(each), write=True))
        for path, each in writing.items()
    ]
    # A look at what a change comes to makes the change and undoes it, so it writes, too.
    look = serve(visiting(switching.confirm), write=True)
    return [*shown, *done, Rule(f"{place}/confirm/<subscription>", methods=["GET"], endpoint=look)]


def _home(visit: Visit) -> Response:
    if visit.flow:
        return redirect(_page_of(visit, visit.flow), 303)
    own = visit.subscriptions()
    card = payment_methods.default_for(visit.work, visit.session["customer"], own[0] if own else None)
    invoices = _invoices(visit)
    return visit.page(
        "portal.html",
        subscriptions=own,
        card=card,
        invoices=invoices,
        owed=[one for one in invoices if paying.is_payable(visit.work, one)],
        scheduled={one["id"]: switching.next_price(visit.work, one) for one in own},
        can_switch={one["id"]: bool(switching.offers(visit, one)) for one in own},
    )


def _page_of(visit: Visit, flow: Json) -> str:
    """Return the page of the one deed that the session is for."""
    kind = flow["type"]
    if kind == "payment_method_update":
        return f"{visit.home}/card"
    subscription = flow[kind]["subscription"]
    if kind == "subscription_update_confirm":
        price = flow[kind]["items"][0]["price"]
        return f"{visit.home}/confirm/{subscription}?price={price or ''}"
    return f"{visit.home}/{'cancel' if kind == 'subscription_cancel' else 'switch'}/{subscription}"


def _invoices(visit: Visit) -> list[Json]:
    finalized = "customer = ? AND json_extract(body, '$.status') != 'draft'"
    return visit.work.store.select("invoice", finalized, [visit.session["customer"]])


def _invoice(visit: Visit, invoice: str) -> Response:
    """Show one of the customer's own invoices, on its own page."""
    if not any(one["id"] == invoice for one in _invoices(visit)):
        return visit.refuse("There is no such invoice.")
    return visit.asked.to(f"/invoice/{invoice}")
