"""What lengths tell: a HEAD, or a range, that knows of a longer page than the one that is sent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from paywall.wall.audit.asking.asks import Answer
from paywall.wall.audit.surfaces import Surface

LEAST_BYTES = 200
_UNSTEADY = 3


@dataclass(frozen=True)
class TooLong:
    """An answer that tells of more bytes than the person is sent."""

    answer: Answer
    told: int
    sent: int


def too_long(answers: Iterable[Answer], locked_letters: int = 0) -> Iterator[TooLong]:
    """Yield the answers for the page that tell a length by which a longer one shows through.

    Pages that vary by themselves are given three times as much room. `locked_letters`: how long the hidden text is, 0
    where that is not known.
    """
    pages = [one for one in answers if one.ask.surface in (Surface.HEAD, Surface.CONDITION) and not one.is_hop]
    sent: dict[str, list[int]] = defaultdict(list)
    for one in pages:
        if _is_plain(one):
            sent[one.person].append(len(one.body))
    for one in pages:
        told, lengths = one.length(), sent[one.person]
        if _tells_length(one) and told is not None and lengths:
            room = max(LEAST_BYTES, _UNSTEADY * (max(lengths) - min(lengths)), locked_letters // 3)
            if told - max(lengths) > room:
                yield TooLong(one, told, max(lengths))


def _tells_length(answer: Answer) -> bool:
    return answer.status == 206 or (answer.status == 200 and answer.ask.method == "HEAD")


def _is_plain(answer: Answer) -> bool:
    """Tell whether this is the whole page, not packed."""
    is_packed = answer.header("content-encoding") not in (None, "identity")
    is_asked_plain = answer.ask.headers.get("Accept-Encoding") == "identity"
    return answer.ask.method == "GET" and answer.status == 200 and is_asked_plain and not is_packed
