"""`/embed.js`: the script for publishers' own pages, kept small by leaving comments and indents at home.

It is the same for everybody and names no publisher: the page says its key. Browsers ask once an hour whether it has
changed, and go on with what they have while we can't be asked.
"""

import gzip
import hashlib
from pathlib import Path

from flask import Blueprint, Response, request

blueprint = Blueprint("embed", __name__)

PATH = "/embed.js"
SOURCE = Path(__file__).parent / "static" / "embed.js"
_CACHING = "public, max-age=3600, stale-while-revalidate=604800, stale-if-error=604800"


def as_served(source: str) -> bytes:
    """Return a script without its indents, its empty lines and the lines that are comments."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()


PLAIN = as_served(SOURCE.read_text())
PACKED = gzip.compress(PLAIN, 9, mtime=0)
_VERSION = hashlib.sha256(PLAIN).hexdigest()[:12]


@blueprint.get(PATH)
def script() -> Response:
    """Answer with the script, to pages of any origin."""
    is_packed = request.accept_encodings["gzip"] > 0
    response = Response(PACKED if is_packed else PLAIN, mimetype="text/javascript")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = _CACHING
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{_VERSION}-gz" if is_packed else _VERSION)
    response.make_conditional(request)
    return response
