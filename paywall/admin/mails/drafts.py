"""Words that are not saved, packed into an address: so that a frame can show them, without scripts."""

import base64
import binascii
import json
import zlib

from paywall.errors import NotFound
from paywall.letters.rules import Words

_LONGEST_PACKED, _LONGEST = 40_000, 40_000


def packed(words: Words) -> str:
    """Return words as a part of an address."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps([words.subject, words.text]).encode(), 9)).decode()


def unpacked(draft: str) -> Words:
    """Return the words of an address; raises NotFound for what was never packed here, however large it would get."""
    try:
        opened = zlib.decompressobj().decompress(base64.urlsafe_b64decode(draft[:_LONGEST_PACKED]), _LONGEST)
        subject, text = json.loads(opened)
    except (ValueError, binascii.Error, zlib.error, TypeError, RecursionError) as error:
        raise NotFound("There is no such draft.") from error
    if not (isinstance(subject, str) and isinstance(text, str)):
        raise NotFound("There is no such draft.")
    return Words(subject, text)
