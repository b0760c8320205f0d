"""What a flow is: something that is done in steps, can be broken off anywhere, and is then taken up again.

Each says what is done (`act`), what its doer does who got no answer (`again`), and what is wrong with the state in the
end (`problems`). What must be true is written by hand; no rule of the product is asked.
"""

from collections.abc import Iterator
from typing import ClassVar, Protocol

from tests.proof.stage import Stage


class Flow(Protocol):
    """Something done in steps."""

    name: ClassVar[str]

    def __init__(self, stage: Stage) -> None:
        """Set everything up that the flow begins from."""

    def begin(self) -> None:
        """Be somebody who comes afresh, after the stage was set back."""

    def act(self) -> None:
        """Do it."""

    def again(self) -> None:
        """Do what one does who got no answer, in a fresh process."""

    def problems(self) -> Iterator[str]:
        """Name what is not as it must be."""
