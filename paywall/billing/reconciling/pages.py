"""Taking a long list some at a time, so that neither memory nor a transaction has to hold all of it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_pages(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` items, as they come."""
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page
