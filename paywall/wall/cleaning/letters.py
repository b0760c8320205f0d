"""Text as its letters alone, so that the same words are found whatever stands between them."""

import re

_PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum())
_OTHER_PUNCTUATION = re.compile(
    rb"\xc2.|\xe2[\x80\x81].|\xe3\x80[\x80-\xa0]|\xef\xbc[\x81-\x8f\x9a-\xa0]|\xef\xbb\xbf"
    rb"|\xd8[\x8c\x9b\x9f]|\xe1\x81[\x8a\x8b]|\xe0\xa5[\xa4\xa5]",
    re.DOTALL,
)
"""Quotation marks, dashes, unusual spaces, and the stops of Chinese, Arabic, Burmese and Hindi, as UTF-8."""
_ROT13 = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"nopqrstuvwxyzabcdefghijklm")
_HAN_OR_KANA = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


def letters(text: str) -> bytes:
    """Return the letters and digits of `text`, in small letters, as UTF-8."""
    found = text.casefold().encode("utf-8", "surrogatepass").translate(None, _PUNCTUATION)
    return found if found.isascii() else _OTHER_PUNCTUATION.sub(b"", found)


def rot13(found: bytes) -> bytes:
    """Return letters as the thirteenth ones after them."""
    return found.translate(_ROT13)


def is_in_few_letters(text: str) -> bool:
    """Tell whether the script of `text` says much in a few letters, as Chinese and Japanese do."""
    return 4 * len(_HAN_OR_KANA.findall(text)) > len(text)


def letters_before(text: str, place: int) -> int:
    """Return how many bytes of letters `text` has before `place`."""
    return len(letters(text[:place]))
