"""Counting words in any script: for previews and word counts.

Chinese and Japanese write no spaces: two of their characters count as one word. Thai, Lao, Khmer and Burmese write
vowels and tones as characters of their own: four of theirs count as one. Everything else is counted between spaces.
"""

import re
import unicodedata
from itertools import islice

_HAN_AND_KANA = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_SOUTH_EAST_ASIAN = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9fe\uaa60-\uaa7f"
_WITHOUT_SPACES = _HAN_AND_KANA + _SOUTH_EAST_ASIAN
_WORD = re.compile(
    f"[{_HAN_AND_KANA}]{{1,2}}|[{_SOUTH_EAST_ASIAN}]{{1,4}}|[^\\W_{_WITHOUT_SPACES}][^\\s{_WITHOUT_SPACES}]*"
)


def word_ends(text: str, most: int) -> list[int]:
    """Return where the first words of `text` end, as offsets; no more than `most` of them."""
    return [match.end() for match in islice(_WORD.finditer(text), most)]


def count_words(text: str) -> int:
    """Return how many words `text` has."""
    return len(_WORD.findall(text))


def past_marks(text: str, place: int) -> int:
    """Return `place`, or the next one where a letter would not be cut from the marks upon it."""
    while place < len(text) and unicodedata.category(text[place]).startswith("M"):
        place += 1
    return place
