"""What a mutant is: a design in words, and which functions of the product it puts its own in the place of."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True)
class Swap:
    """One function of the product, by the module or class it stands in, and what stands there instead."""

    place: object
    name: str
    instead: Callable[..., Any]


@dataclass(frozen=True)
class Mutant:
    """A wrong design of the receiver."""

    letter: str
    design: str
    swaps: tuple[Swap, ...]

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Run the product in this design inside the block."""
        with ExitStack() as stack:
            for swap in self.swaps:
                stack.enter_context(patch.object(swap.place, swap.name, swap.instead))
            yield
