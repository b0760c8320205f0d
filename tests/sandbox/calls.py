"""Calls of the sandbox's API without the SDK in between."""

import json
from typing import Any

from werkzeug.test import Client, TestResponse

BEARER = {"Authorization": "Bearer sk_test_sandbox"}


def post(browser: Client, path: str, body: str | bytes = "", **headers: str) -> TestResponse:
    sent = {**BEARER, "Content-Type": "application/x-www-form-urlencoded", **headers}
    return browser.post(path, data=body, headers=sent)


def error_of(answer: TestResponse) -> dict[str, Any]:
    return dict(json.loads(answer.data)["error"])
