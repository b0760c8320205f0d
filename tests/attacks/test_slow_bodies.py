"""Who sends a form drop by drop holds up nobody who wants to read."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from queue import SimpleQueue
from typing import Any

import pytest
from werkzeug.test import create_environ

from paywall.app import Product
from paywall.web import uploads
from paywall.web.uploads import MOST, MOST_OF_ONE, Uploads
from tests.gate.visits import Browser


class Drip(BytesIO):
    """A body that doesn't come until it is let go."""

    def __init__(self, came: threading.Semaphore, let_go: threading.Event) -> None:
        super().__init__(b"email=a")
        self._came, self._let_go = came, let_go

    def read(self, size: int | None = -1, /) -> bytes:
        self._came.release()
        self._let_go.wait(30)
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Dripping:
    """Forms on their way that don't arrive."""

    def __init__(self, product: Product, threads: ThreadPoolExecutor) -> None:
        self._product, self._threads = product, threads
        self._came, self.let_go = threading.Semaphore(0), threading.Event()
        self._answers: SimpleQueue[str] = SimpleQueue()

    def begin(self, count: int, address: str) -> None:
        """Have so many forms be waited for."""
        for _ in range(count):
            self._threads.submit(self._send, address)
        for _ in range(count):
            assert self._came.acquire(timeout=30)

    def _send(self, address: str) -> None:
        environ = create_environ("/login", base_url="https://news.test", method="POST")
        environ |= {"wsgi.input": Drip(self._came, self.let_go), "CONTENT_LENGTH": "7", "REMOTE_ADDR": address}
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        for _ in self._product.flask.wsgi_app(environ, self._note):
            pass

    def answer(self) -> str:
        """Wait for an answer, and return its status."""
        return self._answers.get(timeout=30)

    def _note(self, status: str, *_: object) -> Callable[[bytes], object]:
        self._answers.put(status)
        return lambda _data: None


@pytest.fixture
def dripping(product: Product) -> Iterator[Dripping]:
    with ThreadPoolExecutor(MOST + 1) as threads:
        dripping = Dripping(product, threads)
        try:
            yield dripping
        finally:
            dripping.let_go.set()


class TestOneNetworkThatKeepsManyFormsComing:
    def test_is_refused_another_slow_one(self, dripping: Dripping) -> None:
        dripping.begin(MOST_OF_ONE, "198.51.100.1")
        dripping.begin(1, "198.51.100.9")
        assert dripping.answer() == "503 SERVICE UNAVAILABLE"

    def test_takes_nothing_from_who_sends_a_form_at_once(self, dripping: Dripping, product: Product) -> None:
        dripping.begin(MOST_OF_ONE, "198.51.100.1")
        environ = {"REMOTE_ADDR": "198.51.100.9"}
        client = product.flask.test_client()
        sent = client.post("/login", base_url="https://news.test", data={"email": "a"}, environ_overrides=environ)
        assert sent.status_code != 503
        assert Browser(product.flask).sign_up("reader@example.org").status_code == 303

    def test_may_send_forms_again_when_they_have_come(self, dripping: Dripping, product: Product) -> None:
        dripping.begin(MOST_OF_ONE, "203.0.113.7")
        dripping.let_go.set()
        assert Browser(product.flask).sign_up("reader@example.org").status_code == 303


class TestManyNetworksTogether:
    def test_leave_half_of_the_threads_to_readers(self, dripping: Dripping, product: Product) -> None:
        for network in range(MOST // MOST_OF_ONE):
            dripping.begin(MOST_OF_ONE, f"198.51.{network}.1")
        dripping.begin(1, "203.0.113.7")
        assert dripping.answer() == "503 SERVICE UNAVAILABLE"
        assert Browser(product.flask).get("/articles/free-0").status_code == 200


class Pieces(BytesIO):
    """A body of one byte at a time; after the last one the connection breaks off."""

    def __init__(self, pause: float, pieces: int) -> None:
        super().__init__()
        self._pause, self._left = pause, pieces

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - as files have it
        time.sleep(self._pause)
        self._left -= 1
        if self._left < 0:
            raise ConnectionResetError
        return b"a"


def drip_through(uploads: Uploads, pause: float, pieces: int) -> None:
    """Read a body piece by piece to its end, through what counts uploads."""

    def read_all(environ: Any, _start_response: Any) -> list[bytes]:
        return list(iter(lambda: environ["wsgi.input"].read(1), b""))

    environ = create_environ(method="POST") | {"wsgi.input": Pieces(pause, pieces)}
    uploads.around(read_all)(environ, lambda *_: lambda _data: None)


class TestABodyThatDoesNotCome:
    def test_is_given_up_on(self, dripping: Dripping, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "BODY_SECONDS", 0.2)
        dripping.begin(1, "198.51.100.1")
        assert dripping.answer() == "408 REQUEST TIMEOUT"

    def test_in_many_pieces_has_no_longer_than_in_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "BODY_SECONDS", 0.3)
        with pytest.raises(uploads.TooSlow):
            drip_through(Uploads(()), pause=0.1, pieces=20)

    def test_that_breaks_off_raises_what_the_server_raises(self) -> None:
        with pytest.raises(ConnectionResetError):
            drip_through(Uploads(()), pause=0, pieces=3)
