"""A browser without a screen: keeps cookies, fills in forms with their CSRF token, remembers one address."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "a good password"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """One browser at one site, reached by https; `address` is where it calls from."""

    def __init__(self, app: Flask, host: str = "news.test", address: str = "203.0.113.7") -> None:
        self.client = app.test_client()
        self.base_url = f"https://{host}"
        self.address = address

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **self._about(more))

    def post(self, path: str, fields: Any = None, **more: Any) -> TestResponse:
        """Send a form with a good CSRF token beside `fields` (a dict, or bytes of a form)."""
        token = self.csrf_token()
        if isinstance(fields, bytes):
            data: Any = fields + b"&csrf_token=" + token.encode()
            more.setdefault("content_type", "application/x-www-form-urlencoded")
        else:
            data = {"csrf_token": token, **(fields or {})}
        return self.client.post(path, data=data, **self._about(more))

    def post_body(self, path: str, body: bytes, content_type: str) -> TestResponse:
        """Send any body, with the CSRF token in a header."""
        headers = {"X-CSRFToken": self.csrf_token()}
        return self.client.post(path, data=body, **self._about({"content_type": content_type, "headers": headers}))

    def csrf_token(self) -> str:
        return csrf_token_in(self.get("/forgot-password").text)

    def sign_up(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/signup", {"email": email, "password": password, **fields})

    def log_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/login", {"email": email, "password": password, **fields})

    def is_signed_in(self) -> bool:
        """Tell whether a page for signed-in readers opens."""
        answer = self.get("/account/password")
        assert answer.status_code in (200, 302)
        return answer.status_code == 200

    def cookie(self, name: str = "__Host-session") -> str:
        cookie = self.client.get_cookie(name, domain=self._host)
        assert cookie
        return cookie.value

    def set_cookie(self, value: str, name: str = "__Host-session") -> None:
        self.client.set_cookie(name, value, domain=self._host, secure=True)

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    def _about(self, more: dict[str, Any]) -> dict[str, Any]:
        environ = {"REMOTE_ADDR": self.address, **more.pop("environ_overrides", {})}
        return {"base_url": self.base_url, "environ_overrides": environ, **more}


def csrf_token_in(page: str) -> str:
    """Return the token of a page's form."""
    found = _TOKEN.search(page)
    assert found
    return found[1]
