"""Serving the Gazette's site: a thread beside the paywall, at a port and so an origin of its own.

Another port of 127.0.0.1 is to browsers what www.paper.example is to members.paper.example: another origin, so that
everything must be allowed, on the same site, so that the paywall's cookies travel.
"""

import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from paywall.serving import port_is_taken

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"


class Door:
    """A port that is held before there is a site to be served at it."""

    def __init__(self, port: int) -> None:
        self._server = _listen(port, self._answer)
        self._lock = threading.Lock()
        self._site: Callable[[], WSGIApplication] = _nothing

    @property
    def address(self) -> str:
        """The origin, such as `http://127.0.0.1:8001`."""
        return f"http://{HOST}:{self._server.server_port}"

    def open(self, make_site: "Callable[[], WSGIApplication]") -> None:
        """Serve a site from now on, as long as the process lives; it is made when somebody asks for it first."""
        self._site = cache(make_site)
        threading.Thread(target=self._server.serve_forever, name="gazette", daemon=True).start()

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._lock:
            site = self._site()
        return site(environ, start_response)


def _nothing() -> "WSGIApplication":
    raise RuntimeError("nothing is answered before the door is open")


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the demo's window is for what matters."""


def _listen(port: int, application: "WSGIApplication") -> BaseWSGIServer:
    """Take the port; another one if it is 0, or if somebody has it."""
    wanted = 0 if port and port_is_taken(HOST, port) else port
    return make_server(HOST, wanted, application, threaded=True, request_handler=_Quiet)
