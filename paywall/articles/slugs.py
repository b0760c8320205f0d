"""Slugs: the short names of articles and sections in addresses."""

import hashlib
import re
import unicodedata

from paywall.errors import BadInput

LONGEST = 120
_MADE_AT_MOST = 80
_LONGEST_LINK_KEY = 200
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NOT_DECOMPOSED = str.maketrans(
    {"ə": "e", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)


def given_slug(field: str, raw: str) -> str:
    """Return a slug that somebody chose; raises BadInput naming `field` if it can't be one."""
    if len(raw) > LONGEST or not _SLUG.fullmatch(raw):
        raise BadInput(field, f"small letters a-z, digits and single hyphens, at most {LONGEST}")
    return raw


def make_slug(words: str, key: str, prefix: str) -> str:
    """Return a slug made from `words`; where their script leaves too little of them, from a digest of `key`."""
    lowered = unicodedata.normalize("NFC", words).lower().translate(_NOT_DECOMPOSED)
    spaced = re.sub(r"[^\w\s]", " ", re.sub("['\u2019\u02bc]", "", lowered))
    folded = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(slug.replace("-", "")) * 2 < sum(letter.isalnum() for letter in lowered) or not slug:
        return f"{prefix}-{digest(key)}"
    return slug if len(slug) <= _MADE_AT_MOST else slug[: _MADE_AT_MOST + 1].rpartition("-")[0] or slug[:_MADE_AT_MOST]


def key_of_link(link: str) -> str:
    """Return what an article is known by that has no id but a link: the link, or its digest where it is very long."""
    return link if len(link) <= _LONGEST_LINK_KEY else f"link-{digest(link, 32)}"


def digest(key: str, length: int = 10) -> str:
    """Return a short name that is always the same for `key`."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:length]
