"""A body while it comes: what nobody has read of it is taken in all the same, after the answer is known.

Where it isn't, the connection ends while the sender is at it: browsers then show an error of theirs in place of our
answer, and nginx says 502.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_TAKEN_IN = 32 * 1024 * 1024
"""How much is taken in of what nobody wants to read: some more than any form or list may have."""
_AT_ONCE = 64 * 1024


class Coming:
    """A body as the server gives it, which knows whether anything of it is still to come."""

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self._body, said = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or ""
        self._left = int(said) if said.isascii() and said.isdigit() else None
        self._is_over = not self._left and "HTTP_TRANSFER_ENCODING" not in environ
        self._is_asked_about = environ.get("HTTP_EXPECT", "").lower() == "100-continue"

    @property
    def is_worth_taking_in(self) -> bool:
        """Tell whether somebody is sending what is left of it; who asked whether to send it is told by the answer."""
        return not (self._is_over or self._is_asked_about or (self._left or 0) > MOST_TAKEN_IN)

    def take_in(self) -> None:
        """Read what is left, as far as anything is taken in, and throw it away."""
        taken = 0
        while not self._is_over and taken < MOST_TAKEN_IN:
            taken += len(self.read(_AT_ONCE))

    def read(self, *size: int) -> bytes:
        """Return the next bytes."""
        return self._note(bytes(self._body.read(*size)))

    def readline(self, *size: int) -> bytes:
        """Return the next line."""
        return self._note(bytes(self._body.readline(*size)))

    def readlines(self, *hint: int) -> list[bytes]:
        """Return all lines."""
        return list(map(self._note, self._body.readlines(*hint)))

    def _note(self, piece: bytes) -> bytes:
        self._is_asked_about = False
        self._left = None if self._left is None else self._left - len(piece)
        self._is_over = self._is_over or not piece or self._left == 0
        return piece
