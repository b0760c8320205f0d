"""Coupons and promotion codes at Stripe.

A coupon stays when its offer has ended: who was given it keeps it, and nobody is given it any more. A promotion code
is switched off.
"""

from collections.abc import Sequence
from typing import Any

from paywall.billing.setting_up.run import Run
from paywall.billing.setting_up.wanted import WantedOffer
from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_errors import StripeNotFound
from paywall.errors import PaywallError

_MARK = "paywall_offer"
_LONGEST_NAME = 40


class CodeTaken(PaywallError):
    """A promotion code of this name is used by something else in this Stripe account; choose another."""

    status = 409
    code = "code_taken"


def bring_offers(run: Run, publisher_slug: str, offers: Sequence[WantedOffer]) -> None:
    """Bring a publisher's coupons and promotion codes to what is wanted; raises CodeTaken."""
    listed = run.find_all(lambda v1: v1.promotion_codes.list({"active": True, "limit": 100}))
    codes = [code for code in listed if _mark_of(code).startswith(f"{publisher_slug}:")]
    for code in codes:
        if not any(_is_for(code, offer) for offer in offers):
            run.change(f"switch off code {code['code']}", _switching(code, on=False))
    for offer in offers:
        _bring_coupon(run, offer)
        if offer.code is not None:
            _bring_code(run, offer, offer.code)


def _bring_coupon(run: Run, offer: WantedOffer) -> None:
    try:
        run.find(lambda v1: v1.coupons.retrieve(offer.coupon))
    except StripeNotFound:
        params: Any = {
            "id": offer.coupon,
            "name": offer.mark[:_LONGEST_NAME],
            "applies_to": {"products": [offer.product]},
            "metadata": {_MARK: offer.mark},
            **offer.terms,
        }
        run.change(f"create coupon {offer.coupon}", lambda v1: v1.coupons.create(params))


def _bring_code(run: Run, offer: WantedOffer, code: str) -> None:
    same = list(run.find_all(lambda v1: v1.promotion_codes.list({"code": code, "limit": 100})))
    ours = next((one for one in same if _is_for(one, offer)), None)
    if ours is None:
        if any(one["active"] and not _mark_of(one) for one in same):
            raise CodeTaken(f"The promotion code {code} is used by something else in this Stripe account.")
        params: Any = {
            "code": code,
            "promotion": {"type": "coupon", "coupon": offer.coupon},
            "metadata": {_MARK: offer.mark},
            **offer.limits,
        }
        run.change(f"create code {code}", lambda v1: v1.promotion_codes.create(params))
    elif not ours["active"] and not _is_used_up(ours):
        run.change(f"switch on code {code}", _switching(ours, on=True))


def _is_for(code: Json, offer: WantedOffer) -> bool:
    """Tell whether a promotion code hands out just this offer on just these terms."""
    limits = {name: code[name] for name in ("expires_at", "max_redemptions") if code[name] is not None}
    return (
        _mark_of(code) == offer.mark
        and code["code"] == offer.code
        and code["promotion"]["coupon"] == offer.coupon
        and limits == offer.limits
    )


def _is_used_up(code: Json) -> bool:
    return code["max_redemptions"] is not None and code["times_redeemed"] >= code["max_redemptions"]


def _mark_of(code: Json) -> str:
    return str((code.get("metadata") or {}).get(_MARK, ""))


def _switching(code: Json, *, on: bool) -> Any:  # noqa: ANN401 - a call of the SDK
    change: Any = {"active": on}
    return lambda v1: v1.promotion_codes.update(code["id"], change)
