"""Serving the Gazette's site: a thread beside the paywall, at a port and so an origin of its own.

Another port of 127.0.0.1 is to browsers what www.paper.example is to members.paper.example: another origin, so that
everything must be allowed, on the same site, so that the paywall's cookies travel.
"""

import threading
from collections.abc import Iterable
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
        self._site: WSGIApplication | None = None

    @property
    def address(self) -> str:
        """The origin, such as `http://127.0.0.1:8001`."""
        return f"http://{HOST}:{self._server.server_port}"

    def open(self, site: "WSGIApplication") -> None:
        """Serve the site from now on, as long as the process lives."""
        self._site = site
        threading.Thread(target=self._server.serve_forever, name="gazette", daemon=True).start()

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        assert self._site is not None  # noqa: S101 - nothing is answered before
        return self._site(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the demo's window is for what matters."""


def _listen(port: int, application: "WSGIApplication") -> BaseWSGIServer:
    """Take the port; another one if it is 0, or if somebody has it."""
    wanted = 0 if port and port_is_taken(HOST, port) else port
    return make_server(HOST, wanted, application, threaded=True, request_handler=_Quiet)
