"""Serving: granian around the product's WSGI application, one process a worker, drained on SIGTERM."""

import socket

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

HEADER_BYTES = 16 * 1024
THREADS = 24
"""Per worker: more than may wait to have a password hashed (readers/passwords.py), so that they never keep others from
reading."""


def serve(target: str, host: str, port: int, workers: int) -> None:
    """Serve `target` (module:factory, called once in each worker) until SIGTERM or Ctrl-C."""
    server = Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=max(HEADER_BYTES, 8192), header_read_timeout=10_000),
        workers=workers,
        blocking_threads=THREADS,
        backpressure=THREADS * 64,
        factory=True,
        log_level=LogLevels.error,
        respawn_failed_workers=workers > 1,
        workers_kill_timeout=30,
    )
    server.serve()


def free_port(host: str) -> int:
    """Return a port that is free on `host` just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_is_taken(host: str, port: int) -> bool:
    """Tell whether somebody listens on that port already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0
