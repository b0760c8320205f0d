"""An invoice's own page, which needs no sign-in: what it is for, how it stands, paying it, its receipt."""

from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from paywall.sandbox.billing.debts import collecting
from paywall.sandbox.billing.invoices.finalizing import payment_of
from paywall.sandbox.hosted.asking import Asked, Handler, Serve
from paywall.sandbox.hosted.card_form import card_form, shown_again
from paywall.sandbox.hosted.invoices import paying
from paywall.sandbox.hosted.outcomes import Paid
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


def rules(serve: Serve) -> list[Rule]:
    """Return the addresses of invoices and receipts."""
    place = "/invoice/<identifier>"
    return [
        Rule(place, methods=["GET"], endpoint=serve(_of_invoice(_show))),
        Rule(place, methods=["POST"], endpoint=serve(_of_invoice(_pay), write=True)),
        Rule(f"{place}/3ds", methods=["GET"], endpoint=serve(_of_invoice(_ask))),
        Rule(f"{place}/3ds", methods=["POST"], endpoint=serve(_of_invoice(_authenticate), write=True)),
        Rule(f"{place}/pdf", methods=["GET"], endpoint=serve(_of_invoice(_print))),
        Rule("/receipts/<identifier>", methods=["GET"], endpoint=serve(_receipt)),
    ]


def _of_invoice(handler: Handler) -> Handler:
    def answer(asked: Asked, identifier: str) -> Response:
        invoice = asked.work.store.get("invoice", identifier)
        if invoice is None or invoice.get("deleted") or invoice["status"] == "draft":
            return asked.message("There is no such invoice.", status=404)
        return handler(asked, invoice)

    return answer


def _show(
    asked: Asked, invoice: Json, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Response:
    payable = paying.is_payable(asked.work, invoice)
    return asked.page(
        "invoice.html",
        402 if errors else 200,
        invoice=invoice,
        is_payable=payable,
        is_underway=collecting.is_underway(asked.work, invoice),
        known=paying.known_method(asked.work, invoice) if payable else None,
        takes_debit=paying.takes_debit(invoice),
        receipt=receipt_of(asked.work, invoice),
        typed=shown_again(typed or {}),
        errors=errors or {},
    )


def receipt_of(work: Work, invoice: Json) -> str | None:
    """Return the address of the receipt for what was paid on an invoice, None if nothing was."""
    payment = payment_of(work, invoice) if invoice["status"] == "paid" else None
    intent = payment and work.store.get("payment_intent", payment["payment"]["payment_intent"])
    charge = intent and work.store.get("charge", intent["latest_charge"])
    return charge["receipt_url"] if charge and charge["paid"] else None


def _pay(asked: Asked, invoice: Json) -> Response:
    if not paying.is_payable(asked.work, invoice):
        return asked.to(f"/invoice/{invoice['id']}")
    known = paying.known_method(asked.work, invoice)
    if asked.request.form.get("method") == "known" and known:
        return _after(asked, invoice, paying.attempt(asked.work, invoice, known), {})
    typed = card_form(asked.request)
    return _after(asked, invoice, paying.pay(asked.work, invoice, typed), typed)


def _after(asked: Asked, invoice: Json, paid: Paid, typed: dict[str, str]) -> Response:
    if paid.outcome == "authenticate":
        return asked.to(f"/invoice/{invoice['id']}/3ds")
    if paid.errors:
        return _show(asked, invoice, typed, paid.errors)
    return asked.to(f"/invoice/{invoice['id']}")


def _ask(asked: Asked, invoice: Json) -> Response:
    intent = paying.waiting_intent(asked.work, invoice)
    if intent is None:
        return asked.to(f"/invoice/{invoice['id']}")
    return asked.page("three_d_secure.html", intent=intent)


def _authenticate(asked: Asked, invoice: Json) -> Response:
    passed = asked.request.form.get("result") == "complete"
    return _after(asked, invoice, paying.authenticate(asked.work, invoice, passed=passed), {})


def _print(asked: Asked, invoice: Json) -> Response:
    """Answer what Stripe would send as a PDF: the invoice alone, as a page to print."""
    return asked.page("invoice.html", invoice=invoice, errors={})


def _receipt(asked: Asked, identifier: str) -> Response:
    charge = asked.work.store.get("charge", identifier)
    if charge is None or charge["status"] != "succeeded":
        return asked.message("There is no such receipt.", status=404)
    details = charge["payment_method_details"]
    return asked.page("receipt.html", charge=charge, method=details[details["type"]])
