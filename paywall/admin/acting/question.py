"""What an act asks before it does anything, as a value that one template shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How an answer is given."""

    LINE = "text"
    NUMBER = "number"
    DAY = "date"
    CHOICE = "choice"
    """One of some."""
    KEPT = "hidden"
    """Given before; sent along."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing that is asked."""

    name: str
    label: str = ""
    kind: Kind = Kind.LINE
    value: str = ""
    help: str = ""
    pairs: Sequence[tuple[str, str]] = ()
    """What may be chosen: value and words."""
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What will happen, in sentences; what is asked; and the one button.

    A question that `leads_on` does nothing yet: its button shows what would happen.
    """

    button: str
    sentences: Sequence[str]
    blanks: Sequence[Blank] = field(default=())
    is_dangerous: bool = False
    leads_on: bool = False

    @property
    def looked(self) -> str:
        """What its sentences say, as one text that a form carries along."""
        return " ".join(self.sentences)


LONGEST_REASON = 500


def why(value: str = "") -> Blank:
    """Return the blank for a reason."""
    return Blank("reason", "Reason", value=value, help="Kept in the audit log, for good: name nobody in it.")
