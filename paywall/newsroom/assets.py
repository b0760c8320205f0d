"""Stylesheets and the icon: read once, kept by browsers for a year under an address that changes with the content."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, render_template, request

from paywall.errors import NotFound
from paywall.newsroom.colours import DARK_PAPER, LIGHT_PAPER, accent_on
from paywall.publishers.rules import Profile
from paywall.web import current

blueprint = Blueprint("assets", __name__)

_YEAR = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_ACCENT_CSS = """@media screen {{ :root {{ --accent: {light.text}; --button: {light.button}; }} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ --accent: {dark.text}; --button: {dark.button}; }} }}
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is the same for everybody; its version is a digest of its bytes."""

    body: bytes
    mimetype: str
    version: str


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, mimetype, hashlib.sha256(body).hexdigest()[:12])


ASSETS = {path.name: _read(path) for path in sorted((Path(__file__).parent / "static").iterdir()) if path.is_file()}


def static_url(name: str) -> str:
    """Return the address of a file in `static/`, for templates; KeyError where there is none."""
    return f"/static/{name}?v={ASSETS[name].version}"


def accent_url(publisher: Profile) -> str:
    """Return the address of the publisher's colours."""
    return f"/static/accent.css?v={publisher.accent.lstrip('#')}"


@blueprint.get("/static/<name>")
def static_file(name: str) -> Response:
    """Answer with one of our own files; there is nothing else in here to be found."""
    asset = ASSETS.get(name)
    if asset is None:
        raise NotFound
    response = Response(asset.body, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = _YEAR if request.args.get("v") == asset.version else _SHORT
    response.set_etag(asset.version)
    response.make_conditional(request)
    return response


@blueprint.get("/static/accent.css")
def accent_css() -> Response:
    """Answer with the publisher's accent colour, for light and dark: a strict CSP leaves no room for it in the page."""
    accent = current.publisher().accent
    css = _ACCENT_CSS.format(light=accent_on(accent, LIGHT_PAPER), dark=accent_on(accent, DARK_PAPER))
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = _YEAR if request.args.get("v") == accent.lstrip("#") else _SHORT
    response.vary.add("Host")
    return response


@blueprint.get("/favicon.svg")
def favicon() -> Response:
    """Answer with the paper's initial on its colour."""
    publisher = current.publisher()
    colour = accent_on(publisher.accent, LIGHT_PAPER).button
    svg = render_template("newsroom/favicon.svg", initial=publisher.name[:1].upper(), colour=colour)
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.vary.add("Host")
    return response
