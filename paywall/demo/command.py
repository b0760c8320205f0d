"""`paywall demo`: finds a port, serves, and says so in one line when the first page can be opened.

This process only watches over the one that serves, so it imports next to nothing.
"""

import os
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from paywall.demo.place import ADDRESS_VARIABLE, FOLDER_VARIABLE, default_folder

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60


def run_demo(port: int, data: Path | None) -> None:
    """Serve the demo until Ctrl-C; `port` 0 takes a free one."""
    from paywall.serving import free_port, port_is_taken, serve  # noqa: PLC0415 - after the arguments are known good

    folder = (data or default_folder()).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port(HOST)
    if port_is_taken(HOST, port):
        sys.exit(f"port {port} is taken: choose another with --port, or --port 0 for any free one")
    address = f"http://{HOST}:{port}"
    os.environ[FOLDER_VARIABLE] = str(folder)
    os.environ[ADDRESS_VARIABLE] = address
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    serve("paywall.demo.application:create_demo_app", HOST, port, workers=1)


def _announce(address: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if _answers(f"{address}/healthz"):
            print(f"ready {address}", flush=True)  # noqa: T201 - the line that people and scripts wait for
            return
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
