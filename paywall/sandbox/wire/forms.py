"""Stripe's bracketed forms: `a[b]=1&c[0]=2&d[]=3` becomes nested dictionaries."""

import re
from urllib.parse import parse_qsl

from paywall.sandbox.state.errors import invalid
from paywall.sandbox.state.shapes import Json

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_DEEPEST = 8
_MOST_PAIRS = 2000


def decode(form: bytes) -> Json:
    """Turn a form into nested dictionaries; lists stay dictionaries of positions until they are checked."""
    try:
        pairs = parse_qsl(form.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PAIRS)
    except (UnicodeError, ValueError) as problem:
        raise invalid("Invalid request: the parameters are not a form in valid UTF-8.") from problem
    tree: Json = {}
    for name, value in pairs:
        _place(tree, name, value)
    return tree


def _place(tree: Json, name: str, value: str) -> None:
    match = _NAME.match(name)
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else [name]
    if "\x00" in name or "\x00" in value or len(path) > _DEEPEST:
        raise invalid(f"Invalid parameter: {name[:80]!r}", path[0][:80])
    for key in path[:-1]:
        tree = tree.setdefault(key or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise invalid(f"Invalid parameter: {name[:80]}", path[0])
    last = path[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise invalid(f"Invalid parameter: {name[:80]}", path[0])
    tree[last] = value
