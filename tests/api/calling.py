"""A publisher's server, or a page of its site, that calls the interface."""

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

SITE = "https://www.paper.test"
VISITOR = "visitor-0001"


class Server:
    """Whoever calls with a key; with `origin`, a page in a browser."""

    def __init__(self, app: Flask, key: str, origin: str | None = None) -> None:
        self.app, self.key, self.origin = app, key, origin
        self.client = app.test_client(use_cookies=origin is not None)

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        if self.origin:
            headers.setdefault("Origin", self.origin)
        headers = {name: value for name, value in headers.items() if value is not None}
        more.setdefault("base_url", "https://news.test")
        return self.client.open(path, method=method, headers=headers, **more)

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        more.setdefault("content_type", "application/json")
        return self.call("POST", path, data=raw, **more)

    def put(self, path: str, body: Any) -> TestResponse:
        return self.call("PUT", path, data=json.dumps(body).encode(), content_type="application/json")

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, query_string=query)

    def ask(self, article: str, **question: Any) -> dict[str, Any]:
        """Return the answer to one question; it must be one."""
        answer = self.post("/v1/check", {"article": article, **question})
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        said: dict[str, Any] = answer.json or {}
        assert answer.headers["Paywall-Decision"].startswith(f"{said['extent']}; reason={said['reason']}")
        return said
