"""The examples of the guides, run as they stand: only what a reader fills in is filled in."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GUIDES = Path(__file__).resolve().parent.parent.parent / "docs" / "publishers"


def example(guide: str, name: str, filled_in: Mapping[str, str]) -> str:
    """Return the example of that name; each place that is to be filled in must be there."""
    text = (GUIDES / guide).read_text()
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found, f"{guide} has no example {name}"
    code = found[1]
    for place, filling in filled_in.items():
        assert place in code, f"the example {name} of {guide} has no {place}"
        code = code.replace(place, filling)
    return code


def run(code: str, **names: Any) -> dict[str, Any]:
    """Run an example in Python; returns what it has defined."""
    space: dict[str, Any] = {"__name__": "example", **names}
    exec(compile(code, "example", "exec"), space)  # noqa: S102 - our own guide
    return space
