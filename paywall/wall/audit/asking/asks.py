"""What is asked and what comes back."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from paywall.wall.audit.surfaces import Surface
from paywall.wall.cutting.charset import text_of
from paywall.wall.traces import inflated


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that is to be made.

    `target` is the path as it is to be sent, where a client would tidy it up. `needs` says what the answer is for.
    """

    surface: Surface
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    target: str = ""

    @property
    def shown_as(self) -> str:
        """What a reader of the report can type."""
        told = "".join(f" {name}: {value}" for name, value in self.headers.items())
        method = "" if self.method == "GET" else f"{self.method} "
        return method + self.url + (f" ({told.strip()})" if told else "")


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is 0 where nothing did, and `problem` says why."""

    ask: Ask
    person: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    packed: bytes = b""
    url: str = ""
    problem: str = ""
    is_whole: bool = True
    is_hop: bool = False
    """Whether it led elsewhere, and was followed."""

    @property
    def body(self) -> bytes:
        """What was sent, unpacked."""
        return zlib.decompress(self.packed) if self.packed else b""

    @cached_property
    def kind(self) -> str:
        """The media type, in small letters; guessed from the body where none is said."""
        said = (self.header("content-type") or "").split(";")[0].strip().lower()
        return said or ("text/html" if b"<html" in self.body[:2_000].lower() else "text/plain")

    @property
    def is_page(self) -> bool:
        """Whether it is HTML with something in it."""
        return bool(self.packed) and ("html" in self.kind)

    @property
    def text(self) -> str:
        """The body as text, unpacked where it is a packed file."""
        body = self.body
        return text_of(inflated(body) or body, self.header("content-type") or "")

    def header(self, name: str) -> str | None:
        """Return the first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def length(self) -> int | None:
        """Return how long the whole is said to be, in bytes: by Content-Range, else by Content-Length."""
        told = (self.header("content-range") or "").rpartition("/")[2] or self.header("content-length") or ""
        return int(told) if told.isascii() and told.isdigit() else None


def packed(body: bytes) -> bytes:
    """Return a body as answers keep it: hundreds of pages of some megabytes fit in memory."""
    return zlib.compress(body, 1) if body else b""
