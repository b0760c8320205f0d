"""Writing an answer as JSON: in the shape of `CheckAnswer`, put together from parts that are the same for many.

The model would take a quarter of an answer's time; a test holds both to the same shape.
"""

import json
from datetime import datetime
from functools import lru_cache

from paywall.api.check.models import CheckRefused, Words
from paywall.gate.decision import Decision
from paywall.gate.signed_passes.mint import Minted


def write_answer(  # noqa: PLR0913 - all that an answer says
    article: str,
    decision: Decision,
    subscribe_url: str,
    signed_pass: Minted | None,
    ending: str,
    *,
    is_registered: bool,
) -> str:
    """Return the JSON of an answer; `ending` is from `write_ending`."""
    said = f'"{signed_pass.token}","passExpiresAt":"{_instant(signed_pass.expires_at)}"' if signed_pass else _NO_PASS
    return (
        f'{{"article":{_quoted(article)},{_said(decision)},"subscribeUrl":{_quoted(subscribe_url)},'
        f'"isRegistered":{"true" if is_registered else "false"},"pass":{said},{ending}'
    )


def write_ending(degraded: str, words: Words | None, notice: str | None, *, token_is_bad: bool) -> str:
    """Return the last part of an answer: what was down, what was bad, the words that were asked for."""
    if not (degraded or token_is_bad or words or notice):
        return _PLAIN_ENDING
    return _ending(degraded, words, notice, token_is_bad=token_is_bad)


def write_refused(article: str | None, url: str | None, error: str) -> str:
    """Return the JSON of a question of a batch that could not be answered."""
    return CheckRefused.model_validate({"article": article, "url": url, "error": error}).model_dump_json(by_alias=True)


@lru_cache(maxsize=2_000)  # the few decisions there are
def _said(decision: Decision) -> str:
    resets_at = f'"{_instant(decision.resets_at)}"' if decision.resets_at else "null"
    left = "null" if decision.views_left is None else str(decision.views_left)
    return (
        f'"extent":"{decision.extent}","reason":"{decision.reason}","prompt":"{decision.prompt}",'
        f'"viewsLeft":{left},"resetsAt":{resets_at}'
    )


@lru_cache(maxsize=20_000)
def _quoted(text: str) -> str:
    return json.dumps(text)


@lru_cache(maxsize=2_000)
def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _ending(degraded: str, words: Words | None, notice: str | None, *, token_is_bad: bool) -> str:
    error = '"invalid_token"' if token_is_bad else "null"
    said = words.model_dump_json(by_alias=True) if words else "null"
    return f'"degraded":"{degraded}","tokenError":{error},"words":{said},"notice":{json.dumps(notice)}}}'


_NO_PASS = 'null,"passExpiresAt":null'  # noqa: S105 - no secret
_PLAIN_ENDING = _ending("", None, None, token_is_bad=False)
