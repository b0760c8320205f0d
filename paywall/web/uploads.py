"""How many may keep us waiting for a body: a thread that reads one can do nothing else until it has come.

Somebody who sends a form one byte a minute on forty connections would otherwise hold every thread, and nobody could
read. So bodies are read by a part of the threads only, and by fewer for any one network.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING, Any

from paywall.errors import Unavailable
from paywall.settings_values import Network
from paywall.web.addresses import client_address, network_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MOST = 16
"""Half of the threads that `paywall.serving` gives a process."""
MOST_OF_ONE = 8
PATIENCE_SECONDS = 0.1
_NEVER_READ = ("GET", "HEAD")


class TooManyUploads(Unavailable):
    """Too many forms are just being sent. Try again in a moment."""

    code = "too_many_uploads"
    retry_after = 5


class Uploads:
    """Counts who waits for a body. Safe to share between threads."""

    def __init__(self, trusted_proxies: Sequence[Network], most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._trusted, self._most, self._most_of_one = trusted_proxies, most, most_of_one
        self._waiting: Counter[str] = Counter()
        self._changed = Condition()

    def around(self, application: "WSGIApplication") -> "WSGIApplication":
        """Return `application`, which then reads bodies only while there is room."""

        def counted(environ: "WSGIEnvironment", start_response: Any) -> Any:  # noqa: ANN401 - passed on as it came
            if environ["REQUEST_METHOD"] not in _NEVER_READ:
                environ["wsgi.input"] = _Counted(environ["wsgi.input"], lambda: self.room_for(environ))
            return application(environ, start_response)

        return counted

    @contextmanager
    def room_for(self, environ: "WSGIEnvironment") -> Iterator[None]:
        """Hold a place among those who wait; raises TooManyUploads where there is none."""
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        network = network_of(client_address(environ.get("REMOTE_ADDR", ""), forwarded, self._trusted))
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_room(network), PATIENCE_SECONDS):
                raise TooManyUploads
            self._waiting[network] += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= Counter({network: 1})
                self._changed.notify()

    def _has_room(self, network: str) -> bool:
        return self._waiting.total() < self._most and self._waiting[network] < self._most_of_one


class _Counted:
    """A body whose every read holds a place."""

    def __init__(self, body: Any, room: Callable[[], Any]) -> None:  # noqa: ANN401 - any server's own file
        self._body, self._room = body, room

    def read(self, *size: int) -> bytes:
        with self._room():
            return bytes(self._body.read(*size))

    def readline(self, *size: int) -> bytes:
        with self._room():
            return bytes(self._body.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        with self._room():
            return list(self._body.readlines(*hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readlines())
