"""No secret, password, token or whole e-mail address is in a log line."""

import json

import pytest
from structlog import get_logger

from paywall import logs


@pytest.fixture(autouse=True)
def _configured() -> None:
    logs.configure("info")


class TestLogLines:
    @pytest.mark.parametrize(
        "secret",
        [
            "sk_live_51abcdefgh", "whsec_abcdefgh1234", "reader.name@example.org", "postgresql://paywall:hunter2@db/x",
            "/reset-password/eyJhbGciOi.abc?next=/", "/confirm/eyJhbGciOi.abc",
        ],
    )  # fmt: skip
    def test_what_looks_like_a_secret_is_hidden(self, secret: str) -> None:
        assert secret not in logs.scrub(f"could not do it: {secret} failed")

    @pytest.mark.parametrize("field", ["password", "session_token", "Cookie", "stripe_signature", "card_number"])
    def test_fields_that_hold_secrets_are_hidden_whatever_they_hold(self, field: str) -> None:
        assert logs.hide_secrets(None, "info", {field: "4242"}) == {field: "[hidden]"}

    def test_an_address_keeps_enough_to_recognise_it(self) -> None:
        assert logs.scrub("from reader.name@example.org") == "from r…@example.org"

    def test_a_line_break_does_not_forge_a_second_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("info")
        get_logger().info("sign-in", email="x\n2026-01-01 INFO admin logged in")
        [line] = capsys.readouterr().err.splitlines()
        assert json.loads(line)["event"] == "sign-in"
