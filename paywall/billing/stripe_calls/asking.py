"""What every verb is built on: asking Stripe for one object, or for all objects of a list."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Services = Any
"""The SDK's `client.v1`, which only `stripe_gateway` may name."""

PAGE = 100
"""The most objects that Stripe answers at once."""


class Asking(ABC):
    """Asks one Stripe account; answers are plain data."""

    @abstractmethod
    def ask(self, call: Callable[[Services], Any]) -> Json:
        """Return one object as plain data; raises a situation of `stripe_errors`."""

    @abstractmethod
    def ask_all(self, call: Callable[[Services], Any]) -> Iterator[Json]:
        """Yield the objects of a list, page after page; raises as `ask` does, also in the middle."""
