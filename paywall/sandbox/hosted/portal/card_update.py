"""Another card in the portal: tried by a setup intent, authenticated where its bank asks, then charged from now on."""

from werkzeug.wrappers import Response

from paywall.sandbox.hosted.card_form import FormErrors, card_form, shown_again, typed_method
from paywall.sandbox.hosted.outcomes import outcome_of
from paywall.sandbox.hosted.portal.visit import Visit
from paywall.sandbox.payments import payment_methods, setup_intents
from paywall.sandbox.state.shapes import Json


def ask(visit: Visit) -> Response:
    """Show the card form."""
    return _form(visit) if _is_allowed(visit) else visit.refuse("This is switched off.", 403)


def _form(visit: Visit, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> Response:
    values = {"typed": shown_again(typed or {}), "errors": errors or {}}
    return visit.page("portal_card.html", 402 if errors else 200, **values)


def _is_allowed(visit: Visit) -> bool:
    return bool(visit.features["payment_method_update"]["enabled"])


def change(visit: Visit) -> Response:
    """Take the typed card, or show what is wrong with it."""
    if not _is_allowed(visit):
        return visit.refuse("This is switched off.", 403)
    typed = card_form(visit.asked.request)
    try:
        method = typed_method(visit.work, typed)
    except FormErrors as wrong:
        return _form(visit, typed, wrong.errors)
    setup = setup_intents.new(visit.work, visit.session["customer"])
    visit.remember(setup=setup["id"])
    return _after(visit, setup_intents.attempt(visit.work, setup, method), typed)


def _after(visit: Visit, setup: Json, typed: dict[str, str]) -> Response:
    how = outcome_of(setup)
    if how.outcome == "authenticate":
        return visit.asked.to(f"/portal/{visit.session['id']}/3ds")
    if how.outcome == "errors":
        return _form(visit, typed, how.errors)
    method = visit.work.get("payment_method", setup["payment_method"])
    payment_methods.make_default(visit.work, method, visit.session["customer"], visit.subscriptions())
    return visit.done("payment_method_update")


def ask_bank(visit: Visit) -> Response:
    """Show the bank's question."""
    setup = _waiting(visit)
    if setup is None:
        return visit.asked.to(f"/portal/{visit.session['id']}")
    return visit.asked.page("three_d_secure.html", intent=setup)


def _waiting(visit: Visit) -> Json | None:
    identifier = visit.work.store.private(visit.session["id"]).get("setup")
    setup = visit.work.store.get("setup_intent", identifier) if identifier else None
    return setup if setup and setup["status"] == "requires_action" else None


def authenticate(visit: Visit) -> Response:
    """Carry on after the bank's question, whichever button was pressed."""
    setup = _waiting(visit)
    if setup is None:
        return visit.asked.to(f"/portal/{visit.session['id']}")
    method = visit.work.get("payment_method", setup["payment_method"])
    if visit.asked.request.form.get("result") == "complete":
        return _after(visit, setup_intents.attempt(visit.work, setup, method, authenticated=True), {})
    return _after(visit, setup_intents.fail_authentication(visit.work, setup, method), {})
