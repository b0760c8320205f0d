"""Where an article lives on its publisher's own site: one spelling for all the addresses that lead to it. Pure."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from paywall.errors import BadInput

LONGEST = 2_000
_MOST_PARAMETERS = 40
_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_\w+|mc_[ce]id|_ga|_gl|_hs(enc|mi)|(gcl|dcl|fbcl|msclk|ycl|twcl|ttcl|igsh)id|igsh|gbraid|wbraid|mkt_tok|amp|paywall_(code|state)"
).fullmatch
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CAN_STAND = "!$&'()*+,;=:@/%-._~"


def canonical_url(raw: str) -> str:
    """Return the one spelling of an http(s) address.

    Scheme and host in lower case, no port where it is the usual one, the path without dots, doubled slashes, needless
    escapes or a slash at the end, the query sorted and without what only tracks readers, no fragment. Raises BadInput
    naming `url`.
    """
    parts = _parts(raw)
    port = parts.port
    host = _host(parts) + (f":{port}" if port and port != _PORTS[parts.scheme] else "")
    query = _query(parts.query)
    return f"{parts.scheme}://{host}{_path(parts.path)}" + (f"?{query}" if query else "")


def spellings(raw: str) -> tuple[str, ...]:
    """Return the addresses by which the article at `raw` may be known; raises BadInput.

    The one spelling of the whole comes first, then the same by https for http or the other way round, then what is left
    with one parameter of the query, or none: whoever asks may write behind the `?` what they like.
    """
    try:
        whole = canonical_url(raw)
    except BadInput:
        whole = canonical_url(re.split("[?#]", raw, maxsplit=1)[0])
    path, _, query = whole.partition("?")
    pairs = dict.fromkeys(query.split("&")) if query else {}
    if len(pairs) > _MOST_PARAMETERS:
        raise BadInput("url", f"Give an address with at most {_MOST_PARAMETERS} parameters.")
    less = [*(f"{path}?{pair}" for pair in pairs if pair != query), path] if query else []
    return tuple(spelled for one in (whole, *less) for spelled in (one, by_other_scheme(one)))


def by_other_scheme(address: str) -> str:
    """Return an http address as an https one, or the other way round."""
    scheme, _, rest = address.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"


def origin_of(canonical: str) -> str:
    """Return the site of a canonical address: `https://www.example.com`."""
    parts = urlsplit(canonical)
    return f"{parts.scheme}://{parts.netloc}"


def _parts(raw: str) -> SplitResult:
    if len(raw) > LONGEST:
        raise BadInput("url", f"Give an address of at most {LONGEST} characters.")
    if any(ord(c) < 0x21 or c in '\\<>"{}|^`\x7f' or 0x80 <= ord(c) < 0xA1 or 0xD800 <= ord(c) < 0xE000 for c in raw):
        raise BadInput("url", "There is a character in it that no address has.")
    try:
        parts = urlsplit(raw)
        is_good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.username is not None:
        raise BadInput("url", "Give a whole address, such as https://www.example.com/news/an-article.")
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    try:
        name = host if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise BadInput("url", "The host in it is no host name.") from None
    return f"[{name}]" if ":" in name else name


def _path(path: str) -> str:
    kept: list[str] = []
    for step in _ESCAPE.sub(_needed, quote(path, safe=_CAN_STAND)).split("/"):
        if step == "..":
            del kept[-1:]
        elif step not in ("", "."):
            kept.append(step)
    return "".join(f"/{step}" for step in kept)


def _needed(escape: re.Match[str]) -> str:
    """Return an escape as it must stand: none for what need not be escaped, else in capitals."""
    byte = int(escape[1], 16)
    return chr(byte) if byte in _UNRESERVED else f"%{escape[1].upper()}"


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted(pair for pair in pairs if not _TRACKING(pair[0])))
