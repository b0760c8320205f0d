"""How the newsroom answers: pages that are the same for everybody may be kept by anybody, for a short while."""

import re

from flask import Response, request

from paywall.errors import NotFound
from paywall.newsroom import addresses
from paywall.web import current

PAGE_SECONDS = 60
FEED_SECONDS = 300
_LONGEST_SLUG = 500


def shared(body: str, mimetype: str = "text/html", seconds: int = PAGE_SECONDS) -> Response:
    """Return an answer that caches may keep for so many seconds for one host, and ask about again by its ETag."""
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.vary.add("Host")
    response.add_etag()
    response.make_conditional(request)
    return response


def page_number() -> int:
    """Return `?page=` as a number from 1 on; anything else raises NotFound."""
    raw = request.args.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", raw, re.ASCII):
        raise NotFound
    return int(raw)


def known(slug: str) -> str:
    """Return `slug` if a database can hold it; raises NotFound for what no address of ours looks like."""
    if len(slug) > _LONGEST_SLUG or any(c == "\0" or 0xD800 <= ord(c) <= 0xDFFF for c in slug):
        raise NotFound
    return slug


def origin() -> str:
    """Return the canonical `scheme://host` of the request's publisher."""
    return addresses.origin(current.publisher(), current.settings().base_url)
