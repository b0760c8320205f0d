"""The steps of an answer: what has to be asked of the application inside and of the check, in which order.

A site yields steps and is sent what came of them; it never waits itself. What it returns at last is a whole `Page`, or
a `Pass` for what the application has said already.
"""

from collections.abc import Generator
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from paywall.gate.decision import ArticleName, Decision
from paywall.wall.variants import Page

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Headers = list[tuple[str, str]]


class Kind(Enum):
    """What of a request goes inward."""

    AS_IT_CAME = 1
    UNPACKED = 5
    """As it came, but the answer is not to be compressed."""
    WHOLE = 2
    """As a GET for the whole page: no range, no condition, nothing compressed."""
    NOBODY = 3
    """The same, with nothing of who asks."""
    NOBODY_WITHOUT_QUERY = 4


class Ask(NamedTuple):
    """Ask the application inside; what comes of it is a Head. An answer that was asked for before is let go."""

    kind: Kind
    decision: Decision | None = None


class Head(NamedTuple):
    """What an answer says before its body."""

    status: str
    headers: Headers

    def header(self, name: str) -> str | None:
        """Return the value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def code(self) -> int:
        """The status as a number."""
        return int(self.status[:3])

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where none is said."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


class Read(NamedTuple):
    """Read the body of the answer; what comes of it is a Body."""

    most_bytes: int


class Body(NamedTuple):
    """What was read; `is_whole` is false where there is more than was to be read."""

    content: bytes
    is_whole: bool = True


class Judge(NamedTuple):
    """Ask the check; what comes of it is a Verdict, or None where it has none. It never raises."""

    name: ArticleName
    counts: bool


class Own(NamedTuple):
    """Have the check answer one of its own addresses; what comes of it is a Page."""


class Pass(NamedTuple):
    """What the application said goes out, under these headers."""

    headers: Headers


Step = Ask | Read | Judge | Own
Steps = Generator[Step, Any, Page | Pass]


class Site(Protocol):
    """How the pages of a site are answered: as it renders them for a decision, or cut."""

    def steps(self, environ: "WSGIEnvironment") -> Steps:
        """Answer one request."""
        ...

    def forget_all(self) -> None:
        """Have every page looked at anew."""
        ...
