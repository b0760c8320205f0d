"""The configuration of a whole deployment, in a real nginx without its TLS: how large a body it lets through."""

import re
from pathlib import Path

import httpx
import pytest

from tests.nginx.server import HOST, RECIPES, nginx

CONF = RECIPES.parent.parent / "operations" / "nginx.conf"
NOBODY = "server 127.0.0.1:9;"
"""Where nobody listens: what nginx lets through is a 502, what it refuses itself is not."""


def without_tls() -> str:
    """Return the configuration with its second server only, which listens on port 80."""
    before, _, rest = CONF.read_text().partition("server {\n    listen 80;")
    secure = "server {\n    listen 443 ssl;" + rest.partition("listen 443 ssl;")[2]
    text = before.replace("server web:8000;", NOBODY) + secure.replace("listen 443 ssl;", "listen 80;")
    return re.sub(r"^ +(ssl_|http2 |listen \[).*\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/admin/import", 502), ("/v1/articles", 502), ("/v1/articles/one", 502), ("/login", 413), ("/v1/check", 413)],
)
def test_takes_the_lists_that_the_guides_promise_to_take_and_nothing_else_that_large(
    tmp_path: Path, path: str, status: int
) -> None:
    with nginx(tmp_path, without_tls()) as served:
        answer = httpx.post(f"http://{HOST}:{served.port}{path}", content=b"x" * 2_500_000, timeout=30)
    assert answer.status_code == status
