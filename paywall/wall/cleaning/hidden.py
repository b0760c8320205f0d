"""The text that was cut from a page, as something to look for: a run of letters of it gives it away, wherever it is.

A run is 23 letters of Latin script (four or five words), 22 of Cyrillic or Arabic, eight Chinese or Japanese. It is
looked for by pieces of half that length: where every third piece of the text is known and every fourth one of a page is
looked up, two meet in any run.
"""

from bisect import bisect_right
from functools import partial

from paywall.wall.cleaning.letters import is_in_few_letters, letters, letters_before, rot13

_SIZE = 12
_SIZE_OF_MANY_BYTES = 23
_MANY_BYTES = 1.4
_FEW, _MANY = 4_000, 100_000
_SHORTEST_PHRASE, _SHORTEST_OF_FEW = 12, 18
_FEWEST_WORDS = 3


class Hidden:
    """What must not be left of a text. Safe to share between threads."""

    def __init__(self, text: str, shown: str) -> None:
        """`shown` is what may be read all the same: the preview, the headline."""
        found = letters(text)
        self._text, self._shown = found, letters(shown)
        self._forms = (found, rot13(found), letters(text[::-1]))
        self._size = max(1, min(_size(text, found), (len(found) + 1) // 2))
        self._run = 2 * self._size - 1
        every, self._step = _steps(len(found), self._size)
        last = len(found) - self._size + 1 if len(found) >= _SHORTEST_PHRASE else 0
        self._pieces = {form[at : at + self._size] for form in self._forms for at in range(0, last, every)}

    def is_in(self, text: str) -> bool:
        """Tell whether a run of the hidden text is in there, or the whole of `text` is a phrase of it."""
        found = letters(text)
        return self._place_in(found) >= 0 or self._is_phrase(text, found)

    def is_within(self, found: bytes) -> bool:
        """Tell whether a run of the hidden text is in these letters."""
        return self._place_in(found) >= 0

    def before(self, text: str) -> str:
        """Return what stands before the hidden text in `text`: all of it where there is none, nothing where unsure."""
        found = letters(text)
        place = self._place_in(found)
        if place < 0:
            return "" if self._is_phrase(text, found) else text
        end = bisect_right(range(len(text)), place, key=partial(letters_before, text)) - 1
        return text[:end].rstrip()

    def _is_phrase(self, text: str, found: bytes) -> bool:
        """Tell whether the whole of `text` is a phrase of the hidden text, of three words at least."""
        if not _SHORTEST_PHRASE <= len(found) <= len(self._text):
            return False
        few = is_in_few_letters(text)
        is_long = len(found) >= _SHORTEST_OF_FEW if few else len(text.split(None, _FEWEST_WORDS)) >= _FEWEST_WORDS
        return is_long and found in self._text and found not in self._shown

    def _place_in(self, found: bytes) -> int:
        """Return where a run begins in `found`, in bytes; -1 where there is none."""
        size, pieces = self._size, self._pieces
        for at in range(0, len(found) - size + 1, self._step):
            if found[at : at + size] in pieces:
                place = self._confirmed(found, at)
                if place >= 0:
                    return place
        return -1

    def _confirmed(self, found: bytes, at: int) -> int:
        """Return where the whole run around a piece begins; -1 where it is none, or may be read anyway."""
        for start in range(max(0, at - self._size + 1), at + 1):
            run = found[start : start + self._run]
            if len(run) == self._run and run not in self._shown and any(run in form for form in self._forms):
                return start
        return -1


def _size(text: str, found: bytes) -> int:
    """Return half a run, in bytes."""
    bytes_of_one = len(found) / max(1, len(found.decode(errors="ignore")))
    return _SIZE_OF_MANY_BYTES if bytes_of_one > _MANY_BYTES and not is_in_few_letters(text) else _SIZE


def _steps(length: int, size: int) -> tuple[int, int]:
    """Return how far apart the known pieces are, and those that are looked up: fewer of one are more of the other."""
    if length < _FEW or size < _SIZE:
        return 1, size
    return (3, 4) if length < _MANY else (size, 1)
