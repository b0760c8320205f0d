"""The subscription page, the click that leads to Stripe, and the page one comes back to."""

from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.billing.catalogue.beginnings import VISITOR, Standing, standing_of
from paywall.billing.catalogue.cards import Look, plan_cards
from paywall.billing.catalogue.invitation import InvitationPrices
from paywall.billing.catalogue.plans import LOOKUP_KEY
from paywall.billing.checkout.errors import AlreadySubscribed, PaymentDue, UnknownPrice
from paywall.billing.checkout.order import Order
from paywall.billing.checkout.starting import start_checkout
from paywall.billing.checkout.welcome import Arrival, Welcome, finish_checkout
from paywall.billing.links import Links
from paywall.billing.parts import billing
from paywall.billing.syncing.ownership import Owner
from paywall.database import Database
from paywall.readers.current import reader, sign_in_required, the_reader
from paywall.readers.tables import Reader
from paywall.web import current
from paywall.web.addresses import safe_next
from paywall.web.cookies import drop_pass
from paywall.web.error_pages import error_page
from paywall.web.forms import Form, read_form

blueprint = Blueprint("checkout", __name__)

_ASK_AGAIN_SECONDS = 2
_MOST_TIMES = 30


@blueprint.get("/subscribe")
def subscribe() -> ResponseReturnValue:
    """Show the plans with all that belongs to an honest offer; changes nothing."""
    chosen = request.args.get("price", "")
    look = Look(clock.now(), _standing(), request.args.get("currency") or chosen.rpartition(":")[2])
    return render_template(
        "billing/subscribe.html",
        publisher=current.publisher(),
        reader=reader(),
        cards=plan_cards(current.database(), current.publisher(), look),
        next=_goal(request.args.get("next")),
        chosen=chosen,
        why=request.args.get("why", ""),
    )


@blueprint.post("/subscribe")
def begin_checkout() -> ResponseReturnValue:
    """Send a reader to the payment page of the price that was chosen."""
    form = read_form()
    lookup_key, goal = _chosen(form), _goal(form.text_or("next"))
    somebody = reader()
    if somebody is None:
        return _sign_in_first(lookup_key, goal)
    if not LOOKUP_KEY.fullmatch(lookup_key):
        raise UnknownPrice
    order = _order(somebody, lookup_key, goal)
    current.session().commit()  # nothing is held while Stripe answers
    try:
        return redirect(start_checkout(billing(), order), 303)
    except AlreadySubscribed:
        drop_pass()
        return redirect("/account", 303)
    except PaymentDue:
        return redirect("/account/payment", 303)


@blueprint.get("/subscribe/welcome")
@sign_in_required
def welcome() -> ResponseReturnValue:
    """Lead a reader who has paid back to the article, open; or say what is still missing."""
    session_id = request.args.get("session_id", "")
    if not session_id:
        return redirect("/account", 303)
    who = Owner(current.publisher().id, the_reader().id)
    current.session().commit()
    arrived = finish_checkout(billing(), who, session_id)
    match arrived.arrival:
        case Arrival.OPEN:
            drop_pass()
            return redirect(_open_at(_goal(arrived.next)), 303)
        case Arrival.OVER:
            return redirect("/account", 303)
        case Arrival.OWING:
            return redirect("/account/payment", 303)
        case Arrival.EXPIRED | Arrival.FAILED | Arrival.TRIAL_REFUSED:
            why = {"why": str(arrived.arrival)} if arrived.arrival is not Arrival.EXPIRED else {}
            return redirect("/subscribe?" + urlencode({**why, "next": arrived.next}, safe="/"), 303)
        case _:
            return _not_yet(arrived, session_id)


def _goal(wanted: str | None) -> str:
    """Return where a reader wants to be afterwards: on this host, or on a site that the publisher has elsewhere."""
    return safe_next(wanted, sites=current.publisher().sites)


def _open_at(goal: str) -> str:
    """Return where a reader sees that the payment counts: the article, or the account. The front page knows nobody."""
    return "/account" if goal == "/" else goal


def _standing() -> Standing:
    """Return what whoever looks may be offered; needs no Stripe."""
    somebody = reader()
    if somebody is None:
        return VISITOR
    links = Links(current.settings().secret_key)
    return standing_of(current.session(), links, current.publisher().id, somebody.id, somebody.email_normalized)


def _chosen(form: Form) -> str:
    """Return the price's lookup key; `plan` is another name of the field."""
    return form.text("price") or form.text("plan")


def _order(somebody: Reader, lookup_key: str, goal: str) -> Order:
    """Return the order, to come back to the very host that the reader is signed in at: one of the publisher's own."""
    scheme = "https" if current.settings().is_https else "http"
    site = f"{scheme}://{request.host.lower()}"
    return Order(current.publisher(), somebody.id, somebody.email, lookup_key, goal, site)


def _sign_in_first(lookup_key: str, goal: str) -> ResponseReturnValue:
    if request.is_json or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return error_page(401, "sign_in_required", "Sign in first.")
    chosen = {"price": lookup_key} if LOOKUP_KEY.fullmatch(lookup_key) else {}
    back = "/subscribe?" + urlencode({**chosen, "next": goal}, safe="/")
    return redirect(f"/login?next={quote(back, safe='/')}", 302)


def _not_yet(arrived: Welcome, session_id: str) -> Response:
    """Return the page of a payment that does not count yet; where that takes seconds, the browser asks again."""
    again = _next_time(session_id)
    who = {"publisher": current.publisher(), "reader": reader()}
    page = make_response(render_template("billing/welcome.html", **who, arrived=arrived, again=again))
    if arrived.arrival is Arrival.ACTIVATING and again:
        page.headers["Refresh"] = f"{_ASK_AGAIN_SECONDS}; url={again}"
    return page


def _next_time(session_id: str) -> str:
    """Return the address that asks once more, empty after a minute of asking."""
    times = request.args.get("times", "0")
    times_before = int(times) if times.isascii() and times.isdigit() and len(times) < 4 else 0
    if times_before >= _MOST_TIMES:
        return ""
    return f"/subscribe/welcome?{urlencode({'session_id': session_id, 'times': times_before + 1})}"


def install(app: Flask, database: Database) -> InvitationPrices:
    """Register the pages, and `wall_offer` for invitations; their prices want to hear of changes."""
    prices = InvitationPrices(database)
    app.register_blueprint(blueprint)
    app.jinja_env.globals["wall_offer"] = prices.of
    return prices
