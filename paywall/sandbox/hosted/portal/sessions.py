"""The billing portal's sessions: for one customer, for one hour, perhaps straight to one deed."""

from typing import Any

from paywall.sandbox.hosted.portal import flows
from paywall.sandbox.hosted.portal.configurations import chosen
from paywall.sandbox.state.ids import new_id
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work
from paywall.sandbox.wire.params import Declared, required, shape_of, text, web_address
from paywall.sandbox.wire.routes import Operation

SESSION_SECONDS = 3600

_SESSION: Declared = {
    "configuration": text(),
    "customer": required(text()),
    "flow_data": shape_of(flows.PARAMS),
    "locale": text(10),
    "return_url": web_address,
}


def create_session(work: Work, params: Json) -> Json:
    """Open the portal for a customer and say at which address."""
    customer = work.get("customer", params["customer"], "customer")
    configuration = chosen(work, params.pop("configuration", None))
    data = params.pop("flow_data", None)
    identifier = new_id("billing_portal.session")
    known: dict[str, Any] = {"return_url": configuration["default_return_url"], **params}
    return work.add(
        "billing_portal.session",
        event="billing_portal.session.created",
        identifier=identifier,
        configuration=configuration["id"],
        flow=flows.read(work, customer, configuration["features"], data) if data else None,
        url=f"{work.base_url}/portal/{identifier}",
        **known,
    )


OPERATIONS = (Operation("POST", "/v1/billing_portal/sessions", create_session, _SESSION),)
