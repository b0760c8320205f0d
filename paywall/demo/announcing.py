"""Says in one line that the demo can be opened, as soon as that is true."""

import threading
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 60


def announce(address: str, path: str = "/healthz", also: str = "") -> None:
    """Print `ready ADDRESS` once `path` answers there, and what there is also; returns at once.

    To be called by the process that serves.
    """
    said = f"ready {address}" + (f"\n{also}" if also else "")
    threading.Thread(target=_announce, args=(address + path, said), name="announce", daemon=True).start()


def _announce(url: str, said: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if _answers(url):
            print(said, flush=True)  # noqa: T201 - the line that people and scripts wait for
            return
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
