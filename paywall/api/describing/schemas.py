"""The shapes of the interface as JSON Schema, under the names by which OpenAPI refers to them."""

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from paywall.api.ground.models import ApiModel
from paywall.api.ground.routes import OpenRoute, Route

REF = "#/components/schemas/{model}"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The situation, in one word for programs."},
        "detail": {"type": "string", "description": "The situation, in a sentence for people."},
        "errors": {
            "type": "array",
            "description": "The fields that can't be taken.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def components(routes: Iterable[Route | OpenRoute]) -> dict[str, Any]:
    """Return every shape that the routes take or give, by name."""
    _, made = models_json_schema(sorted(set(_used(routes)), key=lambda one: one[0].__name__), ref_template=REF)
    return {**made.get("$defs", {}), "Problem": PROBLEM}


def parameters_of(shape: type[ApiModel]) -> list[dict[str, Any]]:
    """Return the fields of a query's shape as parameters; those of a group inside are spelled `group.field`."""
    schema = shape.model_json_schema(by_alias=True, mode="validation", ref_template=REF)
    groups = schema.pop("$defs", {})
    return list(_parameters("", schema, groups))


def _parameters(prefix: str, schema: dict[str, Any], groups: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for name, field in schema["properties"].items():
        group = _group_of(field, groups)
        if group is not None:
            yield from _parameters(f"{name}.", group, groups)
            continue
        is_needed = not prefix and name in schema.get("required", ())
        about = field.pop("description", "")
        plain = _without_refs(field, groups)
        yield {"name": prefix + name, "in": "query", "required": is_needed, "description": about, "schema": plain}


def _group_of(field: dict[str, Any], groups: dict[str, Any]) -> dict[str, Any] | None:
    """Return the shape that a field holds, if that is an object."""
    for choice in (field, *field.get("anyOf", ())):
        found = groups.get(choice.get("$ref", "").rpartition("/")[2])
        if found is not None and found.get("type") == "object":
            return dict(found)
    return None


def _without_refs(field: dict[str, Any], groups: dict[str, Any]) -> dict[str, Any]:
    """Return a field with its closed lists written out; a query has no null."""
    found = groups.get(field.get("$ref", "").rpartition("/")[2])
    if found is not None:
        return dict(found)
    choices = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        rest = {key: value for key, value in field.items() if key not in ("anyOf", "default")}
        return {**rest, **_without_refs(choices[0], groups)}
    return field


def _used(routes: Iterable[Route | OpenRoute]) -> Iterable[tuple[type[ApiModel], JsonSchemaMode]]:
    for route in routes:
        if isinstance(route, Route):
            yield from ((route.body, "validation"),) if route.body else ()
            yield from ((route.answer, "serialization"),) if route.answer else ()
