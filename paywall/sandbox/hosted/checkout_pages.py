"""Checkout's pages: the payment form, 3-D Secure, and a paid or expired session's last word."""

from collections.abc import Callable

from werkzeug.routing import Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from paywall.sandbox.billing.cycle import trials
from paywall.sandbox.hosted import paying, selling
from paywall.sandbox.hosted.asking import Asked, Serve
from paywall.sandbox.hosted.card_form import card_form, shown_again
from paywall.sandbox.hosted.outcomes import Paid
from paywall.sandbox.state.shapes import Json


def rules(serve: Serve) -> list[Rule]:
    """Return the addresses of checkout."""
    place = "/checkout/<identifier>"
    return [
        Rule(place, methods=["GET"], endpoint=serve(_of_open(_form))),
        Rule(place, methods=["POST"], endpoint=serve(_of_open(_pay), write=True)),
        Rule(f"{place}/3ds", methods=["GET"], endpoint=serve(_of_open(_ask))),
        Rule(f"{place}/3ds", methods=["POST"], endpoint=serve(_of_open(_authenticate), write=True)),
    ]


def _of_open(handler: Callable[[Asked, Json], Response]) -> Callable[..., Response]:
    """Let a handler answer for an open session; one that is over says so itself."""

    def answer(asked: Asked, identifier: str) -> Response:
        session = asked.work.store.get("checkout.session", identifier)
        if session is None:
            return asked.message("There is no such checkout.", status=404)
        if session["status"] == "expired":
            text = "This checkout has expired. Nothing was charged."
            return asked.message("Expired", status=410, text=text, link=session["cancel_url"] or "")
        if session["status"] == "complete":
            return redirect(success_url(session), 303)
        return handler(asked, session)

    return answer


def success_url(session: Json) -> str:
    """Return where the payer goes after paying, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _form(
    asked: Asked, session: Json, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Response:
    private = asked.work.store.private(session["id"])
    return asked.page(
        "checkout.html",
        402 if errors else 200,
        session=session,
        lines=private["line_items"],
        typed=shown_again(typed or {}),
        errors=errors or {},
        asks_no_card=paying.asks_no_card(asked.work, session),
        trial_end=trials.end_of(asked.work, private["subscription_data"]),
    )


def _pay(asked: Asked, session: Json) -> Response:
    if "promotion_code" in asked.request.form:
        return _apply_code(asked, session)
    typed = card_form(asked.request)
    return _after(asked, session, paying.pay(asked.work, session, typed), typed)


def _apply_code(asked: Asked, session: Json) -> Response:
    typed = asked.request.form["promotion_code"].strip()[:100]
    error = selling.apply_code(asked.work, session, typed) if session["allow_promotion_codes"] else ""
    return _form(asked, session, {}, {"promotion_code": error} if error else {})


def _after(asked: Asked, session: Json, paid: Paid, typed: dict[str, str]) -> Response:
    if paid.outcome == "paid":
        return redirect(success_url(session), 303)
    if paid.outcome == "authenticate":
        return asked.to(f"/checkout/{session['id']}/3ds")
    return _form(asked, session, typed, paid.errors)


def _ask(asked: Asked, session: Json) -> Response:
    intent = paying.waiting_intent(asked.work, session)
    if intent is None:
        return asked.to(f"/checkout/{session['id']}")
    return asked.page("three_d_secure.html", intent=intent)


def _authenticate(asked: Asked, session: Json) -> Response:
    passed = asked.request.form.get("result") == "complete"
    return _after(asked, session, paying.authenticate(asked.work, session, passed=passed), {})
