"""The guide's own examples, with the publisher's places filled in: what these tests run is what publishers copy."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from flask import Flask

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "publishers" / "script-tag.md"
WALL = "https://members.paper.example"
KEY, ARTICLE, HOSTED, SLUG = "pw_pk_…", "pier-2026-11", "the-old-pier", '"paper"'
PREVIEW = "The old pier will be pulled down in spring, and nobody has said what is to stand there."
OWN_CONTENT = 'data-content="/content/{id}"'


def example(language: str, place: int = 0) -> str:
    """Return one of the guide's examples in that language, as it is printed."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    return found[place]


def html(places: Mapping[str, str]) -> str:
    """Return the page's lines; each place must be there."""
    assert OWN_CONTENT in GUIDE.read_text()
    return _filled(example("html"), places)


def policy(wall: str) -> str:
    """Return the Content-Security-Policy of the guide, in one line."""
    return " ".join(_filled(example("text"), {WALL: wall}).split())


def opens(wall: str, slug: str) -> Callable[[str, str], bool]:
    """Return the guide's function that verifies passes."""
    names = _run(_filled(example("python"), {WALL: wall, SLUG: f'"{slug}"'}), {})
    return cast(Callable[[str, str], bool], names["opens"])


def content_site(names: dict[str, Any]) -> Flask:
    """Return the guide's site with the content endpoint, made with these names around it."""
    return cast(Flask, _run(example("python", 1), names)["site"])


def _run(source: str, names: dict[str, Any]) -> dict[str, Any]:
    exec(compile(source, str(GUIDE), "exec"), names)  # noqa: S102 - our own guide
    return names


def _filled(text: str, places: Mapping[str, str]) -> str:
    for place, filling in places.items():
        assert place in text, f"the guide has no {place}"
        text = text.replace(place, filling)
    return text
