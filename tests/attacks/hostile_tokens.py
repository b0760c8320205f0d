"""Tokens that look like passes and are none, by name: some signed with the right key, for the worst case."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import serialization
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from paywall import clock
from paywall.app import Product

EVIL = "http://evil.example:1/keys.json"
Json = dict[str, Any]


def text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Forge:
    """Makes tokens for the first publisher; `own` is a key of an attacker's."""

    def __init__(self, product: Product) -> None:
        key = product.gate.keychain.signing_key(1, clock.wall())
        assert key.private
        self.kid, self.private = key.kid, key.private
        self.rivals = product.gate.keychain.signing_key(2, clock.wall())
        self.own = ECKey.generate_key("P-256", private=True)
        self.now = int(clock.wall().timestamp())

    @property
    def header(self) -> Json:
        return {"alg": "ES256", "typ": "paywall-pass+jwt", "kid": self.kid}

    @property
    def claims(self) -> Json:
        return {
            "iss": "https://news.test", "aud": "news", "sub": "somebody", "iat": self.now, "exp": self.now + 300,
            "jti": "a", "art": "*", "reason": "subscribed",
        }  # fmt: skip

    def token(self, header: Json | bytes | None = None, key: ECKey | None = None, **claims: Any) -> str:
        """Return a token signed with the right key, unless told otherwise; a claim that is None is left out."""
        said = {name: value for name, value in {**self.claims, **claims}.items() if value is not None}
        return self.signed(header or self.header, json.dumps(said).encode(), key)

    def signed(self, header: Json | bytes, payload: bytes, key: ECKey | None = None) -> str:
        raw = header if isinstance(header, bytes) else json.dumps(header).encode()
        begun = f"{text(raw)}.{text(payload)}"
        return f"{begun}.{text(JWSRegistry.algorithms['ES256'].sign(begun.encode(), key or self.private))}"

    def with_hmac(self, secret: bytes) -> str:
        begun = f"{text(json.dumps({**self.header, 'alg': 'HS256'}).encode())}.{text(json.dumps(self.claims).encode())}"
        return f"{begun}.{text(hmac.digest(secret, begun.encode(), hashlib.sha256))}"

    def unsigned(self, alg: str) -> str:
        header = {**self.header, "alg": alg}
        return f"{text(json.dumps(header).encode())}.{text(json.dumps(self.claims).encode())}."

    def named(self, **more: Any) -> Json:
        return {**self.header, **more}


def _public_pem(forge: Forge) -> bytes:
    public = forge.private.public_key
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _with_bent_signature(forge: Forge) -> str:
    token = forge.token()
    return token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]


def _with_other_payload(forge: Forge) -> str:
    header, _, signature = forge.token().split(".")
    return f"{header}.{text(json.dumps({**forge.claims, 'sub': 'another'}).encode())}.{signature}"


def _of_another_publisher(forge: Forge) -> str:
    return forge.token(forge.named(kid=forge.rivals.kid), forge.rivals.private)


TOKENS: dict[str, Callable[[Forge], str]] = {
    "alg_none": lambda f: f.unsigned("none"),
    "alg_none_in_odd_capitals": lambda f: f.unsigned("nOnE"),
    "alg_none_with_a_right_signature": lambda f: f.token(f.named(alg="none")),
    "hs256_with_the_public_key_as_pem": lambda f: f.with_hmac(_public_pem(f)),
    "hs256_with_the_public_key_as_jwk": lambda f: f.with_hmac(json.dumps(f.private.as_dict(private=False)).encode()),
    "hs256_with_nothing": lambda f: f.with_hmac(b""),
    "another_algorithm_named": lambda f: f.token(f.named(alg="ES384")),
    "algorithm_twice": lambda f: f.signed(
        f'{{"alg":"none","alg":"ES256","typ":"paywall-pass+jwt","kid":"{f.kid}"}}'.encode(),
        json.dumps(f.claims).encode(),
    ),
    "no_exp": lambda f: f.token(exp=None),
    "exp_as_text": lambda f: f.token(exp=str(f.now + 300)),
    "exp_as_float": lambda f: f.token(exp=f.now + 300.5),
    "exp_as_truth": lambda f: f.token(exp=True),
    "exp_without_end": lambda f: f.signed(
        f.header, json.dumps({**f.claims, "exp": 0}).replace('"exp": 0', '"exp": Infinity').encode()
    ),
    "exp_61_seconds_ago": lambda f: f.token(iat=f.now - 361, exp=f.now - 61),
    "good_for_a_day": lambda f: f.token(exp=f.now + 86_400),
    "nbf_in_future": lambda f: f.token(nbf=f.now + 120),
    "iat_in_future": lambda f: f.token(iat=f.now + 120, exp=f.now + 400),
    "no_iat": lambda f: f.token(iat=None),
    "wrong_aud": lambda f: f.token(aud="rival"),
    "aud_in_a_list": lambda f: f.token(aud=["news"]),
    "no_aud": lambda f: f.token(aud=None),
    "wrong_iss": lambda f: f.token(iss="https://news.test.evil.example"),
    "no_iss": lambda f: f.token(iss=None),
    "signed_for_another_publisher": _of_another_publisher,
    "signed_by_another_publisher": lambda f: f.token(key=f.rivals.private),
    "signed_by_a_stranger": lambda f: f.token(key=f.own),
    "kid_of_nobody": lambda f: f.token(f.named(kid="0123456789abcdef")),
    "kid_as_path": lambda f: f.token(f.named(kid="../../../dev/null")),
    "kid_as_sql": lambda f: f.token(f.named(kid="' OR '1'='1")),
    "kid_as_address": lambda f: f.token(f.named(kid=EVIL)),
    "kid_as_number": lambda f: f.token(f.named(kid=1)),
    "no_kid": lambda f: f.token({"alg": "ES256", "typ": "paywall-pass+jwt"}),
    "jku": lambda f: f.token(f.named(jku=EVIL), f.own),
    "jku_in_place_of_kid": lambda f: f.token({"alg": "ES256", "typ": "paywall-pass+jwt", "jku": EVIL}, f.own),
    "x5u": lambda f: f.token(f.named(x5u=EVIL), f.own),
    "x5c": lambda f: f.token(f.named(x5c=["MIIB"]), f.own),
    "embedded_jwk": lambda f: f.token(f.named(jwk=f.own.as_dict(private=False)), f.own),
    "crit": lambda f: f.token(f.named(crit=["exp"])),
    "unencoded_payload": lambda f: f.token(f.named(b64=False, crit=["b64"])),
    "typ_jwt": lambda f: f.token(f.named(typ="JWT")),
    "header_is_a_list": lambda f: f.token(b"[1, 2, 3]"),
    "header_nested_deep": lambda f: f.token(b"[" * 100),
    "payload_is_a_list": lambda f: f.signed(f.header, b"[]"),
    "payload_is_nothing": lambda f: f.signed(f.header, b""),
    "bent_signature": _with_bent_signature,
    "signature_of_zeros": lambda f: f"{f.token().rpartition('.')[0]}.{text(bytes(64))}",
    "other_payload": _with_other_payload,
    "two_parts": lambda f: f.token().rpartition(".")[0],
    "five_parts": lambda f: f"{f.token()}.a.b",
    "padded": lambda f: f.token() + "==",
    "with_a_line_end": lambda f: f.token() + "\n",
    "unknown_reason": lambda f: f.token(reason="because"),
    "reason_that_shuts": lambda f: f.token(reason="meter_used_up"),
    "no_article": lambda f: f.token(art=None),
    "session_of_nobody": lambda f: f.token(sid="A" * 21),
    "endless": lambda f: f.token(sub="x" * 2500),
    "not_a_token": lambda _: "subscriber",
}
