"""How many may keep us waiting for a body, and for how long: a thread that reads one can do nothing else meanwhile.

Somebody who sends a form one byte a minute on forty connections would otherwise hold every thread, and nobody could
read. So bodies are read by a part of the threads only, by fewer for any one network, and each must come in time: after
that the request is answered, and the server closes its connection.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Condition, Semaphore
from typing import TYPE_CHECKING, Any, TypeVar

from paywall import clock
from paywall.aside import begin
from paywall.errors import PaywallError, Unavailable
from paywall.settings_values import Network
from paywall.web.addresses import client_address, network_of
from paywall.web.coming import Coming

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MOST = 16
"""Half of the threads that `paywall.serving` gives a process."""
MOST_OF_ONE = 8
MOST_DIRECT = 8
"""How many bodies of callers who are known by a secret are read without a thread and a limit of their own."""
PATIENCE_SECONDS = 0.1
BODY_SECONDS = 8.0
"""How long a body may take from its first byte asked for to its last; headers have ten seconds, see `serving`."""
WELCOME_SECONDS = 120.0
"""How long one may take that is welcome: a list of 20 MB on a line of 1.5 Mbit/s."""
QUICK_SECONDS = 0.05
"""A body that has come by then holds no place: a burst of webhooks is there at once, and takes none from anybody."""
_NEVER_READ = ("GET", "HEAD")
T = TypeVar("T")


class TooManyUploads(Unavailable):
    """Too many forms are just being sent. Try again in a moment."""

    code = "too_many_uploads"
    retry_after = 5


class TooSlow(PaywallError):
    """What you sent took too long to arrive. Please send it again."""

    status = 408
    code = "too_slow"


class Uploads:
    """Counts who waits for a body that is slow to come. Safe to share between threads."""

    def __init__(self, trusted_proxies: Sequence[Network], most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._trusted, self._most, self._most_of_one = trusted_proxies, most, most_of_one
        self._waiting: Counter[str] = Counter()
        self._direct = Semaphore(MOST_DIRECT)
        self._changed = Condition()

    def around(self, application: "WSGIApplication") -> "WSGIApplication":
        """Return `application`, which then reads bodies only while there is room."""

        def counted(environ: "WSGIEnvironment", start_response: Any) -> Any:  # noqa: ANN401 - passed on as it came
            if environ["REQUEST_METHOD"] in _NEVER_READ:
                return application(environ, start_response)
            body = CountedBody(Coming(environ), lambda: self.room_for(environ), self._direct)
            environ["wsgi.input"] = body
            answer = application(environ, start_response)
            body.take_in()
            return answer

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


class CountedBody:
    """A body whose every slow read holds a place, and that must have come in time."""

    def __init__(self, body: Coming, room: Callable[[], Any], direct: Semaphore) -> None:
        self._body, self._room, self._direct = body, room, direct
        self._began_at: datetime | None = None
        self._is_welcome = self._is_given_up = False

    def welcome(self) -> None:
        """Give it longer: somebody who may send more than others was looked for, and found, before it is read."""
        self._is_welcome = True

    @contextmanager
    def of_a_friend(self) -> Iterator[Any]:
        """Give the body for reading directly, while few are read so: only of somebody who has proved a secret.

        To start a thread for each costs more than most answers do, and a publisher's own server sends no byte a minute.
        """
        if not self._direct.acquire(timeout=QUICK_SECONDS):  # a body that is there is read in less
            yield self
            return
        try:
            yield self._body
        finally:
            self._direct.release()

    def take_in(self) -> None:
        """Take in what was answered unread, while there is room and time for it."""
        if not self._is_given_up and self._body.is_worth_taking_in:
            with suppress(PaywallError, OSError):
                self._wait_for(self._body.take_in)

    def read(self, *size: int) -> bytes:
        """Return the next bytes."""
        return self._wait_for(lambda: self._body.read(*size))

    def readline(self, *size: int) -> bytes:
        """Return the next line."""
        return self._wait_for(lambda: self._body.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        """Return all lines."""
        return self._wait_for(lambda: self._body.readlines(*hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readlines())

    def _wait_for(self, read: Callable[[], T]) -> T:
        """Return what comes: at once without a place, else with one, and all pieces together in time."""
        self._began_at = self._began_at or clock.wall()
        found = begin(read, "body")  # a read that hangs ends with the connection at the latest
        if wait([found], self._left(QUICK_SECONDS)).done:
            return found.result()
        try:
            with self._room():
                return _in_time(found, self._left(WELCOME_SECONDS if self._is_welcome else BODY_SECONDS))
        except (TooManyUploads, TooSlow):
            self._is_given_up = True
            raise

    def _left(self, seconds: float) -> float:
        waited = clock.wall() - (self._began_at or clock.wall())
        return max(seconds - waited.total_seconds(), 0)


def _in_time(found: "Future[T]", seconds: float) -> T:
    try:
        return found.result(seconds)
    except TimeoutError as late:
        raise TooSlow from late
