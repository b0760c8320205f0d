"""A real nginx on a free port, run with a recipe of the guides: only what a publisher fills in is replaced."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.load import Served
from paywall.serving import free_port

RECIPES = Path(__file__).resolve().parent.parent.parent / "docs" / "publishers" / "nginx"
HOST = "127.0.0.1"
_FRAME = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/errors.log warn;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ text/html html; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {recipe}
}}
"""
_START_SECONDS = 60


def recipe(name: str, places: Mapping[str, str]) -> str:
    """Return a recipe with the publisher's own places filled in; each must be there."""
    text = (RECIPES / name).read_text()
    for place, filling in places.items():
        assert place in text, f"{name} has no {place}"
        text = text.replace(place, filling)
    return text


@contextmanager
def nginx(folder: Path, recipe: str, *, core: int | None = None, port: int = 0) -> Iterator[Served]:
    """Run nginx with the recipe, whose `listen 80` becomes a free port, on one core if wanted; ends it afterwards."""
    port = port or free_port(HOST)
    folder.mkdir(parents=True, exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    filled = recipe.replace("listen 80;", f"listen {HOST}:{port};")
    path = folder / "nginx.conf"
    path.write_text(_FRAME.format(folder=folder, user=user, recipe=filled))
    program = shutil.which("nginx")
    assert program, "no nginx on this machine: `make test` installs one"
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    process = subprocess.Popen([*pinned, program, "-p", str(folder), "-c", str(path), "-e", str(folder / "errors.log")])
    try:
        _wait_for(port, process, folder / "errors.log")
        yield Served(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=_START_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes], errors: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(errors.read_text())
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("nginx did not start")
