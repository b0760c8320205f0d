"""A page or feed as it came from inside: what was said of it, where it is, and its bytes, which it is known by."""

from functools import cached_property
from hashlib import blake2b

from paywall.wall.answering.steps import Head
from paywall.wall.cutting.charset import text_of
from paywall.wall.cutting.xhtml import is_xhtml, spelled_out


class Source:
    """The whole body of an answer, unpacked; what it comes to is found out once."""

    def __init__(self, head: Head, content: bytes, address: str) -> None:
        self.content, self.address = content, address
        self.content_type = head.header("content-type") or ""
        self._media_type = head.media_type
        self.article = head.header("paywall-article")
        """The id that the application says, empty where it says only that there is one."""

    @cached_property
    def key(self) -> bytes:
        """A digest of all that decides on what is found in it: where every byte is the same, so is that."""
        said = f"{self.content_type}\n{self.article}\n{self.address}\n"
        return blake2b(said.encode("utf-8", "replace") + self.content, digest_size=16).digest()

    @property
    def text(self) -> str:
        """The body as a browser would read it."""
        return text_of(self.content, self.content_type)

    @property
    def is_xhtml(self) -> bool:
        """Whether it is a page in XML."""
        return "xml" in self._media_type and is_xhtml(self.text, self._media_type)

    @property
    def html(self) -> str:
        """A page, as HTML."""
        return spelled_out(self.text) if self.is_xhtml else self.text
