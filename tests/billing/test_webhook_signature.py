"""Stripe's signatures: what Stripe signs is taken, everything else is refused before its body is read."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from paywall.billing.stripe_errors import BadPayload, BadSignature
from paywall.billing.webhooks.signature import verify_webhook

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
SECRET, OTHER = "whsec_of_the_tests", "whsec_of_somebody"
EVENT = {"id": "evt_1", "object": "event", "type": "invoice.paid", "data": {"object": {"id": "in_1"}}}
BODY = json.dumps(EVENT).encode()


def sign(body: bytes, secret: str = SECRET, stamp: int | str = STAMP) -> str:
    """Return the v1 signature, written out a second time."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def header(body: bytes = BODY, secret: str = SECRET, stamp: int | str = STAMP) -> str:
    return f"t={stamp},v1={sign(body, secret, stamp)}"


class TestWhatIsTaken:
    def test_what_the_sdk_itself_signs(self) -> None:
        made = stripe.WebhookSignature.generate_signature_header(BODY.decode(), SECRET, STAMP)
        assert verify_webhook(BODY, made, [SECRET], NOW) == EVENT

    def test_what_is_signed_by_any_secret_of_ours(self) -> None:
        assert verify_webhook(BODY, header(), [OTHER, SECRET], NOW) == EVENT

    def test_two_signatures_of_which_the_second_is_right(self) -> None:
        both = f"t={STAMP},v1={sign(BODY, OTHER)},v1={sign(BODY)}"
        assert verify_webhook(BODY, both, [SECRET], NOW) == EVENT

    def test_an_older_scheme_beside_a_right_signature(self) -> None:
        assert verify_webhook(BODY, f"{header()},v0=abc", [SECRET], NOW) == EVENT

    @pytest.mark.parametrize("seconds", [-299, 299, -300, 300])
    def test_within_five_minutes_either_way(self, seconds: int) -> None:
        assert verify_webhook(BODY, header(stamp=STAMP + seconds), [SECRET], NOW) == EVENT

    def test_text_in_any_writing_and_a_backslash_that_only_looks_like_a_nul(self) -> None:
        body = json.dumps({**EVENT, "note": "əğı 😀 \\u0000"}, ensure_ascii=False).encode()
        assert verify_webhook(body, header(body), [SECRET], NOW)["note"] == "əğı 😀 \\u0000"


class TestWhatIsRefused:
    @pytest.mark.parametrize("seconds", [-301, 301, 10 * 365 * 86_400])
    def test_older_or_newer_than_five_minutes(self, seconds: int) -> None:
        with pytest.raises(BadSignature):
            verify_webhook(BODY, header(stamp=STAMP + seconds), [SECRET], NOW)

    @pytest.mark.parametrize(
        "bad",
        [
            "",
            ",",
            "t",
            "=",
            f"t={STAMP}",
            f"v1={sign(BODY)}",
            f"t={STAMP},v0={sign(BODY)}",
            f"t={STAMP},v1=",
            f"t={STAMP},v1={sign(BODY)[:-1]}",
            f"t={STAMP},v1={sign(BODY).upper()}",
            f"t={STAMP},t=1,v1={sign(BODY)}",
            f"t={STAMP},t={STAMP},v1={sign(BODY)}",
            f"t={STAMP},v1=ünïcödé",
            f"t=-1,v1={sign(BODY, stamp=-1)}",
            f"t={'9' * 5000},v1={sign(BODY)}",
            f"t=1_000,v1={sign(BODY, stamp='1_000')}",
            "t=１２,v1=ab",
            f"t={STAMP}.5,v1={sign(BODY, stamp=f'{STAMP}.5')}",
            f"t={STAMP}" + ",v1=ab" * 5000,
            "\x00",
        ],
    )
    def test_a_header_that_is_none(self, bad: str) -> None:
        with pytest.raises(BadSignature):
            verify_webhook(BODY, bad, [SECRET], NOW)

    @pytest.mark.parametrize("secrets", [[], [""], ["  "], [OTHER]])
    def test_without_a_secret_that_fits(self, secrets: list[str]) -> None:
        for secret in ("", "  ", SECRET):
            with pytest.raises(BadSignature):
                verify_webhook(BODY, header(secret=secret), secrets, NOW)

    def test_a_body_that_was_changed_by_one_byte(self) -> None:
        with pytest.raises(BadSignature):
            verify_webhook(BODY + b" ", header(), [SECRET], NOW)

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"[]", b"a\x00b"])
    def test_a_body_is_not_looked_at_before_its_signature(self, body: bytes) -> None:
        with pytest.raises(BadSignature):
            verify_webhook(body, header(), [SECRET], NOW)

    @given(body=st.binary(max_size=200), text=st.text(max_size=200))
    def test_anything_at_all_without_another_error(self, body: bytes, text: str) -> None:
        with pytest.raises(BadSignature):
            verify_webhook(body, text, [SECRET], NOW)


class TestARightSignatureOnWhatIsNoEvent:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\xff\xfe",
            b"\xc0\xaf",
            b"[]",
            b'"x"',
            b"null",
            b"1",
            b'{"id": "evt_1"',
            b'{"amount": NaN}',
            b'{"amount": -Infinity}',
            b'{"id": "evt_\\u0000"}',
            b'{"a": {"b": ["x\\u0000y"]}}',
            b'{"id": "\\ud800"}',
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b'\xef\xbb\xbf{"id": "evt_1"}',
        ],
    )
    def test_is_refused_by_name(self, body: bytes) -> None:
        with pytest.raises(BadPayload):
            verify_webhook(body, header(body), [SECRET], NOW)
