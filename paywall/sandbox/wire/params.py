"""Parameters are checked against what an operation declares.

A declaration is a dictionary of names and checks, e.g. `{"name": required(text()), "metadata": METADATA}`. A check
takes the full name of the parameter and the raw value and returns the value to use, or raises the error that names it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from paywall.sandbox.state.errors import ApiError, invalid, missing, unknown
from paywall.sandbox.state.shapes import Json

Check = Callable[[str, Any], Any]

_LARGEST = 2**53


@dataclass(frozen=True)
class Required:
    """A parameter that must be sent."""

    check: Check


Declared = Mapping[str, Check | Required]


def required(check: Check) -> Required:
    """Say that a parameter must be sent."""
    return Required(check)


def check(declared: Declared, raw: Mapping[str, Any], inside: str = "") -> Json:
    """Return the checked parameters: everything declared and sent, nothing else."""
    full = {name: f"{inside}[{name}]" if inside else name for name in {*declared, *raw}}
    if strangers := [full[name] for name in raw if name not in declared]:
        raise unknown(strangers)
    checked: Json = {}
    for name, rule in declared.items():
        if name in raw:
            checked[name] = (rule.check if isinstance(rule, Required) else rule)(full[name], raw[name])
        elif isinstance(rule, Required):
            raise missing(full[name])
    return checked


def _string(name: str, raw: object) -> str:
    if not isinstance(raw, str):
        raise invalid("Invalid string: must be a string", name)
    return raw


def _empty(name: str) -> ApiError:
    return invalid(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a field; however "
        f"'{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value.",
        name,
        "parameter_invalid_empty",
    )


def text(longest: int = 5000, *, unset: bool = False) -> Check:
    """Accept text; with `unset` an empty value means None, else it is refused."""

    def rule(name: str, raw: object) -> str | None:
        value = _string(name, raw)
        if not value:
            if unset:
                return None
            raise _empty(name)
        if len(value) > longest:
            raise invalid(
                f"Invalid string: must be at most {longest} characters", name, "parameter_invalid_string_too_long"
            )
        return value

    return rule


def integer(least: int | None = None, most: int = _LARGEST, *, unset: bool = False) -> Check:
    """Accept a whole number within bounds."""

    def rule(name: str, raw: object) -> int | None:
        value = _string(name, raw)
        if not value and unset:
            return None
        if not re.fullmatch(r"-?[0-9]{1,17}", value):
            raise invalid(f"Invalid integer: {value[:80]}", name, "parameter_invalid_integer")
        if least is not None and int(value) < least:
            raise invalid(f"This value must be greater than or equal to {least}.", name, "parameter_invalid_integer")
        if int(value) > most:
            raise invalid(f"This value must be less than or equal to {most}.", name, "parameter_invalid_integer")
        return int(value)

    return rule


def flag(name: str, raw: object) -> bool:
    """Accept `true` or `false`."""
    value = _string(name, raw)
    if value not in {"true", "false"}:
        raise invalid(f"Invalid boolean: {value[:80]}", name)
    return value == "true"


def one_of(*words: str, unset: bool = False) -> Check:
    """Accept one word of a closed list."""

    def rule(name: str, raw: object) -> str | None:
        value = _string(name, raw)
        if not value and unset:
            return None
        if value not in words:
            listed = ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]
            raise invalid(f"Invalid {name}: must be one of {listed}", name)
        return value

    return rule


def shape_of(declared: Declared, *, unset: bool = False) -> Check:
    """Accept an object of declared fields."""

    def rule(name: str, raw: object) -> Json | None:
        if raw == "" and unset:
            return None
        if not isinstance(raw, dict):
            raise invalid("Invalid object", name)
        return check(declared, raw, name)

    return rule


def rows_of(each: Check, most: int = 100) -> Check:
    """Accept a list; an empty text is the empty list."""

    def rule(name: str, raw: object) -> list[Any]:
        if raw == "":
            return []
        if not isinstance(raw, dict) or not all(re.fullmatch(r"[0-9]{1,4}", key) for key in raw):
            raise invalid("Invalid array", name)
        if len(raw) > most:
            raise invalid(f"Array too long: at most {most} elements", name)
        return [each(f"{name}[{key}]", raw[key]) for key in sorted(raw, key=int)]

    return rule


def metadata(name: str, raw: object) -> dict[str, str | None]:
    """Accept up to 50 pairs of text; an empty value means: remove this key."""
    if raw == "":
        return {}
    if not isinstance(raw, dict) or len(raw) > 50:
        raise invalid("Invalid object: metadata takes up to 50 keys", name)
    value = text(500, unset=True)
    return {text(40)(f"{name}[{key}]", key): value(f"{name}[{key}]", item) for key, item in raw.items()}


def merged(old: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    """Return metadata after an update: keys are added or replaced, those sent empty are removed."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}


def currency(name: str, raw: object) -> str:
    """Accept a three-letter currency code, in lower case."""
    value = _string(name, raw).lower()
    if not re.fullmatch(r"[a-z]{3}", value):
        raise invalid(f"Invalid currency: {value[:20]}", name)
    return value


def email(name: str, raw: object) -> str | None:
    """Accept an e-mail address as leniently as Stripe does."""
    value = _string(name, raw)
    if value and not re.fullmatch(r"[^@\s]{1,256}@[^@\s]+\.[^@\s]+", value):
        raise invalid(f"Invalid email address: {value[:80]}", name, "email_invalid")
    return value or None


def web_address(name: str, raw: object) -> str:
    """Accept an http or https address."""
    value = _string(name, raw)
    if not re.fullmatch(r"https?://[^\s/?#]+\S*", value):
        raise invalid("Not a valid URL", name, "url_invalid")
    return value


RANGE = {word: integer() for word in ("gt", "gte", "lt", "lte")}


def moments(name: str, raw: object) -> Json:
    """Accept a time in seconds, or a range of times by gt, gte, lt, lte."""
    return shape_of(RANGE)(name, raw) if isinstance(raw, dict) else {"eq": integer()(name, raw)}
