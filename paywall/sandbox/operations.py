"""Every operation there is, and finding the one that a request means."""

from collections.abc import Mapping

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from paywall.sandbox.billing import products, tax_rates
from paywall.sandbox.billing.discounts import coupons, promotion_codes
from paywall.sandbox.billing.invoices import operations as invoices
from paywall.sandbox.billing.schedules import operations as schedules
from paywall.sandbox.billing.subscriptions import operations as subscriptions
from paywall.sandbox.clocks import test_clocks
from paywall.sandbox.hosted import checkout
from paywall.sandbox.hosted.portal import configurations
from paywall.sandbox.hosted.portal import sessions as portal
from paywall.sandbox.payments import balance, charges, customers, payment_methods, payments, refunds, setup_intents
from paywall.sandbox.payments.direct import intents, methods, setups
from paywall.sandbox.payments.disputes import answering as disputes
from paywall.sandbox.state.errors import ApiError
from paywall.sandbox.webhooks import endpoints
from paywall.sandbox.wire.routes import Operation

_MODULES = (
    products,
    customers,
    payment_methods,
    checkout,
    subscriptions,
    schedules,
    invoices,
    tax_rates,
    coupons,
    promotion_codes,
    payments,
    methods,
    intents,
    setups,
    setup_intents,
    charges,
    refunds,
    disputes,
    balance,
    configurations,
    portal,
    endpoints,
    test_clocks,
)
OPERATIONS: tuple[Operation, ...] = tuple(each for module in _MODULES for each in module.OPERATIONS)
_URLS = Map(
    [Rule(each.path, methods=[each.method], endpoint=each) for each in OPERATIONS],
    strict_slashes=False,
    redirect_defaults=False,
    merge_slashes=False,
)


def route(request: Request) -> tuple[Operation, Mapping[str, str]]:
    """Return the operation and what its path names; raises ApiError with 404 as Stripe words it."""
    try:
        operation, path = _URLS.bind("").match(request.path, request.method)
    except HTTPException as problem:
        raise ApiError(
            f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we "
            "can help at https://support.stripe.com/.",
            status=404,
        ) from problem
    return operation, path
