"""Serves a little site by the product's own server, WSGI or ASGI: `python -m tests.proof.ways.serving TARGET PORT`.

A target that ends with `:asgi` and a name (`module:asgi_paper`) is one for ASGI; all are factories.
"""

import os
import subprocess
import sys
import time

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from bench.load import Served
from paywall.serving import port_is_taken

HOST = "127.0.0.1"
START_SECONDS = 60
_THREADS = 24
_KILL_SECONDS = 5
"""How long a worker that was told to end may take."""


def start(target: str, port: int, environment: dict[str, str]) -> Served:
    """Start it in a process of its own, and return when it listens; raises RuntimeError where it does not."""
    begun = begin(target, port, environment)
    wait_for(begun)
    return begun


def begin(target: str, port: int, environment: dict[str, str]) -> Served:
    """Start it, and return at once; what it logs is not kept."""
    command = [sys.executable, "-m", "tests.proof.ways.serving", target, str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, start_new_session=True, stdout=subprocess.DEVNULL
    )
    return Served(process, port)


def wait_for(begun: Served) -> None:
    """Return when it listens; raises RuntimeError where it does not."""
    end = time.monotonic() + START_SECONDS
    while not port_is_taken(HOST, begun.port):
        if begun.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{begun.process.args!r} did not start")
        time.sleep(0.05)


def stop(begun: Served) -> None:
    """Tell it to end, as an operator does: the server itself, which ends its worker."""
    begun.process.terminate()
    begun.process.wait(timeout=START_SECONDS)


def serve(target: str, port: int) -> None:
    """Serve until SIGTERM."""
    is_asgi = target.partition(":")[2].startswith("asgi")
    Server(
        target,
        address=HOST,
        port=port,
        interface=Interfaces.ASGI if is_asgi else Interfaces.WSGI,
        workers=1,
        blocking_threads=1 if is_asgi else _THREADS,
        factory=True,
        log_level=LogLevels.error,
        workers_kill_timeout=_KILL_SECONDS,
    ).serve()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
