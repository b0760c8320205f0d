"""Reading what a program sends: one JSON object in UTF-8, or a query, each name once, nothing forgiven.

Frameworks take NaN, two values under one name and bytes that are no text, and fail on deep nesting. Here everything is
judged before anybody uses it.
"""

import json
import re
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote_plus

from werkzeug.exceptions import RequestEntityTooLarge

from paywall.errors import PaywallError
from paywall.web.problems import BadFields, FieldError
from paywall.web.uploads import CountedBody

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BODY_BYTES = 64 * 1024
DEEPEST = 20
_MOST_PARAMETERS = 50
_JSON_TYPE = re.compile(r"application/json\s*(;\s*charset\s*=\s*\"?utf-?8\"?\s*)?", re.IGNORECASE).fullmatch
_KEY_IN_QUERY = re.compile(r"(?:^|&)(?:api_?)?key=|pw_[sp]k_").search
_LONE = re.compile("[\ud800-\udfff]").search


class NotJson(PaywallError):
    """Send one JSON object in UTF-8, with `Content-Type: application/json`."""

    status = 415
    code = "not_json"


class NotAcceptable(PaywallError):
    """Answers here are JSON, and this request accepts none."""

    status = 406
    code = "not_acceptable"


class CutOff(PaywallError):
    """The body broke off before its end. Send it again."""

    status = 400
    code = "cut_off"


class TooLarge(PaywallError):
    """That is more than is taken at once, or it is compressed. Send less, and send it plain."""

    status = 413
    code = "too_large"


def read_json(environ: "WSGIEnvironment", most_bytes: int = BODY_BYTES, *, is_friend: bool = False) -> dict[str, Any]:
    """Return the body's JSON object; raises NotJson, TooLarge, CutOff or BadFields. A friend has proved a secret."""
    if not _JSON_TYPE(environ.get("CONTENT_TYPE", "").strip()):
        raise NotJson
    if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
        raise TooLarge  # what it would unpack to is unknown
    return parse_object(_body(environ, most_bytes, is_friend=is_friend))


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that these bytes are; raises BadFields."""
    try:
        text = raw.decode()
        found = _STRICT.decode(text)
    except (ValueError, RecursionError) as error:
        raise _bad_body("This is not JSON as it should be: one object in UTF-8, each name once.") from error
    if not isinstance(found, dict):
        raise _bad_body("Send an object: {…}.")
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _depth(found) > DEEPEST:
        raise _bad_body(f"This is nested more than {DEEPEST} deep.")
    if b"\\u" in raw and not _can_be_stored(found):  # only an escape can have brought one in
        raise _bad_body("There is a character in it that can't be stored.")
    return found


def read_query(environ: "WSGIEnvironment") -> dict[str, Any]:
    """Return the parameters of the query, `a.b=` as {"a": {"b": …}}; raises BadFields for a name that comes twice."""
    query = environ.get("QUERY_STRING", "")
    if not query:
        return {}
    parts = query.split("&")
    if len(parts) > _MOST_PARAMETERS or not query.isascii():
        raise BadFields([FieldError("query", "Write it in ASCII, other letters as %XX, and with less in it.")])
    if "%" not in query and "+" not in query and "." not in query:  # nothing to undo, and no group
        with suppress(ValueError):  # a part without a value
            plain = dict([part.split("=", 1) for part in parts])
            if len(plain) == len(parts):
                return plain
    found: dict[str, Any] = {}
    for part in parts:
        if part:
            name, _, value = part.partition("=")
            _put(found, _plain(name), _plain(value))
    return found


def _plain(text: str) -> str:
    """Return what a part of a query says."""
    if "%" not in text and "+" not in text:
        return text
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError as error:
        raise BadFields([FieldError("query", "This is not UTF-8.")]) from error


def refuse_key_in_query(environ: "WSGIEnvironment") -> None:
    """Raise BadFields where a key was put into the address, which proxies and logs write down."""
    query = environ.get("QUERY_STRING", "")
    if ("key=" in query or "k_" in query) and _KEY_IN_QUERY(query):
        raise BadFields(
            [FieldError("key", "Keys never go into an address: send `Authorization: Bearer`, and a new key.")]
        )


def judge_accept(environ: "WSGIEnvironment") -> None:
    """Raise NotAcceptable where JSON is refused in so many words; what says nothing of JSON gets JSON."""
    accept = environ.get("HTTP_ACCEPT")
    if accept is None or ";" not in accept:
        return
    ranges = dict(_range(one) for one in accept.lower().split(","))
    for name in ("application/json", "application/*", "*/*"):
        if name in ranges:
            if ranges[name]:
                return
            raise NotAcceptable


def _range(one: str) -> tuple[str, bool]:
    """Return a media range, and whether it is wanted at all."""
    name, *parameters = (part.strip() for part in one.split(";"))
    return name, not any(re.fullmatch(r"q\s*=\s*0(\.0{0,3})?", parameter) for parameter in parameters)


def _body(environ: "WSGIEnvironment", most_bytes: int, *, is_friend: bool) -> bytes:
    said = environ.get("CONTENT_LENGTH") or ""
    if said and not (said.isascii() and said.isdigit()):
        raise CutOff
    if said and int(said) > most_bytes:
        raise TooLarge
    wanted = int(said) if said else most_bytes + 1
    body = b""
    if said or environ.get("wsgi.input_terminated"):
        stream = environ["wsgi.input"]
        with stream.of_a_friend() if is_friend and isinstance(stream, CountedBody) else nullcontext(stream) as source:
            body = _read(source, wanted)
    if len(body) > most_bytes:
        raise TooLarge
    if said and len(body) < wanted:
        raise CutOff
    return body


def _read(stream: Any, wanted: int) -> bytes:  # noqa: ANN401 - any server's own file
    try:
        pieces = [stream.read(wanted)]
        while pieces[-1] and sum(map(len, pieces)) < wanted:
            pieces.append(stream.read(wanted - sum(map(len, pieces))))
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    except OSError as error:
        raise CutOff from error
    return b"".join(pieces)


def _put(found: dict[str, Any], name: str, value: str) -> None:
    group, dot, part = name.partition(".")
    inner = found.setdefault(group, {}) if dot else found
    if not isinstance(inner, dict) or (part or name) in inner:
        raise BadFields([FieldError(name[:100], "This was sent twice. Send it once.")])
    if "\0" in value or "\0" in name:
        raise BadFields([FieldError(name[:100], "There is a character in it that can't be stored.")])
    inner[part or name] = value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name came twice")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _can_be_stored(found: dict[str, Any]) -> bool:
    """Tell whether there is neither a lone surrogate nor a NUL in it."""
    text = json.dumps(found, ensure_ascii=False)
    return "\\u0000" not in text.replace("\\\\", "") and not _LONE(text)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number without end")
    return number


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        inside = [one for one in level if isinstance(one, dict | list)]
        level = [child for one in inside for child in (one.values() if isinstance(one, dict) else one)]
    return depth


_STRICT = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_refuse, parse_float=_finite)


def _bad_body(sentence: str) -> BadFields:
    return BadFields([FieldError("body", sentence)])
