"""The same document as people read it: one section for each operation, its fields in a table, an example to copy."""

import json
import shlex
from collections.abc import Iterator, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple
from urllib.parse import urlencode

Schema = dict[str, Any]


class Line(NamedTuple):
    """One field."""

    name: str
    """`visitor`; `network.address` is a field of an object, `results[].error` one of each object in a list."""
    kind: str
    is_needed: bool
    about: str


class Operation(NamedTuple):
    """One thing that can be called."""

    anchor: str
    method: str
    path: str
    summary: str
    about: str
    parameters: list[Line]
    body: list[Line]
    example: str
    status: str
    answer: list[Line]
    problems: list[tuple[str, str]]


class Group(NamedTuple):
    """Operations about one thing."""

    name: str
    operations: list[Operation]


def groups(document: Schema) -> list[Group]:
    """Return the document's operations as its tags group them."""
    made = [_operation(document, path, method) for path, methods in document["paths"].items() for method in methods]
    tags = [tag["name"] for tag in document["tags"]]
    return [Group(tag, [operation for of_tag, operation in made if of_tag == tag]) for tag in tags]


def _operation(document: Schema, path: str, method: str) -> tuple[str, Operation]:
    said = document["paths"][path][method]
    body = _shape(document, said.get("requestBody"))
    status, good = next((code, one) for code, one in said["responses"].items() if code < "300")
    problems = [(code, one["description"]) for code, one in said["responses"].items() if code >= "300"]
    operation = Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        about=said.get("description", "Needs a pass from an answer of the check."),
        parameters=[_parameter(document, one) for one in said["parameters"]],
        body=list(_fields(document, body)),
        example=_curl(document, path, method, body),
        status=status,
        answer=[line._replace(is_needed=False) for line in _fields(document, _shape(document, good))],
        problems=problems,
    )
    return next(iter(said["tags"]), ""), operation


def _shape(document: Schema, holder: Schema | None) -> Schema:
    return _resolved(document, _schema_of(holder))


def _schema_of(holder: Schema | None) -> Schema:
    content = (holder or {}).get("content", {}).get("application/json", {})
    found: Schema = content.get("schema", {})
    return found


def _resolved(document: Schema, schema: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    return {**document["components"]["schemas"][name], **_without_ref(schema)} if name else schema


def _without_ref(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "$ref"}


def _parameter(document: Schema, said: Schema) -> Line:
    where = "" if said["in"] == "query" else f" ({said['in']})"
    return Line(said["name"], _kind(document, said["schema"]) + where, said["required"], said.get("description", ""))


def _fields(document: Schema, schema: Schema, prefix: str = "") -> Iterator[Line]:
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        about = _resolved(document, field).get("description", "")
        yield Line(prefix + name, _kind(document, field), name in needed, about)
        for inner, dot in _inner(document, field):
            yield from _fields(document, inner, f"{prefix}{name}{dot}")


def _inner(document: Schema, field: Schema) -> Iterator[tuple[Schema, str]]:
    """Yield the objects in a field that no operation shows as a whole, and what stands before their fields' names."""
    for choice in field.get("anyOf", [field]):
        held, dot = (choice["items"], "[].") if "items" in choice else (choice, ".")
        for one in held.get("anyOf", [held]):
            if "$ref" in one and _home(document, one) is None:
                yield _resolved(document, one), dot


def _home(document: Schema, schema: Schema) -> str | None:
    """Return the first operation that takes or gives this shape as a whole, None if there is none."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            holders = [said.get("requestBody"), *(one for code, one in said["responses"].items() if code < "300")]
            if any(_schema_of(one).get("$ref") == schema.get("$ref") for one in holders):
                return f"{method.upper()} {path}"
    return None


def _kind(document: Schema, schema: Schema) -> str:
    """Return what a field takes, in a few words."""
    found = _resolved(document, schema)
    if found.get("type") == "object" and (home := _home(document, schema)):
        return f"object as at {home}"
    if "anyOf" in found:
        return " or ".join(dict.fromkeys(_kind(document, one) for one in found["anyOf"]))
    if "enum" in found:
        return ", ".join(str(word) for word in found["enum"])
    if "const" in found:
        return str(found["const"])
    if found.get("type") == "array":
        return f"list of {_kind(document, found.get('items', {}))}".replace("of object", "of objects", 1)
    return str(found.get("format") or _WORDS.get(found.get("type", ""), found.get("title", "anything")))


_WORDS = {"string": "text", "integer": "number", "boolean": "true or false", "object": "object", "null": "null"}


def _curl(document: Schema, path: str, method: str, body: Schema) -> str:
    """Return a command that makes the call, with the examples of the shapes."""
    examples = partial(_examples, document["paths"][path][method]["parameters"])
    query = urlencode(examples("query"))
    address = f"{document['servers'][0]['url']}{_example_path(path)}{query and '?'}{query}"
    parts = [f"curl -X {method.upper()} {shlex.quote(address)}"]
    proof = "the pass" if path.startswith("/v1/content") else "pw_sk_…"
    parts.append(f"-H 'Authorization: Bearer {proof}'")
    parts += [f"-H {shlex.quote(f'{name}: {example}')}" for name, example in examples("header").items()]
    if body:
        sent = json.dumps(_example(document, body), ensure_ascii=False)
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(sent)}"]
    return " \\\n  ".join(parts)


def _examples(parameters: Sequence[Schema], place: str) -> dict[str, str]:
    """Return the parameters of a place (query, header) that say an example of themselves."""
    asked = [one for one in parameters if one["in"] == place]
    return {one["name"]: one["schema"]["examples"][0] for one in asked if one["schema"].get("examples")}


def _example_path(path: str) -> str:
    article = "7" if path.startswith("/v1/readers") else "harbour-2026-11-27"
    names = {"{id}": article, "{article}": article, "{grant}": "print-4711", "{webhook}": "we_…", "{delivery}": "1234"}
    return reduce(lambda made, name: made.replace(name, names[name]), names, path)


def _example(document: Schema, schema: Schema) -> Any:  # noqa: ANN401 - JSON
    """Return an example of a shape: what is needed, and what says an example of itself."""
    found = _resolved(document, schema)
    if found.get("examples"):
        return found["examples"][0]
    if found.get("type") == "array":
        return [_example(document, found["items"])]
    if found.get("type") == "object":
        fields = found.get("properties", {}).items()
        needed = found.get("required", ())
        return {name: _example(document, one) for name, one in fields if name in needed or "examples" in one}
    return {"integer": 1, "boolean": True}.get(found.get("type", ""), _TEXTS.get(found.get("format", ""), "…"))


_TEXTS = {"date-time": "2027-01-31T00:00:00Z"}
