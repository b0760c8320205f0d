"""Real HTTP servers on this machine, which answer as a test tells them to and remember what they were sent."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """What came in; the names of `headers` are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Write = Callable[[bytes], None]
Reply = Callable[[Request, Write], None]
"""Writes the whole answer, status line and all, at its own pace."""


def plain(status: int, body: bytes = b"", **headers: str) -> Reply:
    """Answer so to everything."""

    def reply(_request: Request, write: Write) -> None:
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *lines, "", ""])
        write(head.encode() + body)

    return reply


@dataclass
class Receiver:
    """A running server; `reply` may be changed at any time."""

    port: int
    reply: Reply
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/hooks") -> str:
        return f"http://{self.place}{path}"


@contextmanager
def receiving(reply: Reply | None = None, tls: ssl.SSLContext | None = None, *, port: int = 0) -> Iterator[Receiver]:
    """Listen on a port of this machine, a free one if none is given, until the block ends."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.receiver = Receiver(server.server_address[1], reply or plain(204))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    receiver: Receiver

    def process_request(self, request: object, client_address: object) -> None:
        self.receiver.connections += 1
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        named = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, named, body)
        self.server.receiver.requests.append(request)
        self.close_connection = True
        self.server.receiver.reply(request, self._write)

    def _write(self, what: bytes) -> None:
        self.wfile.write(what)
        self.wfile.flush()

    do_GET = do_POST = do_HEAD = do_PUT = _answer  # noqa: N815 - the server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
        """Say nothing."""
