"""`paywall demo`: finds a port and a folder, and starts the process that serves.

This one only watches over it, so it imports next to nothing.
"""

import os
import sys
from pathlib import Path

from paywall.demo.place import (
    ADDRESS_VARIABLE,
    COMPANY_VARIABLE,
    FOLDER_VARIABLE,
    GAZETTE_PORT_VARIABLE,
    default_folder,
)

HOST = "127.0.0.1"


def run_demo(port: int, data: Path | None, *, has_company: bool = False) -> None:
    """Serve the demo until Ctrl-C, and the Gazette's site at the port beside; `port` 0 takes free ones.

    With company, readers come by themselves at the first start.
    """
    from paywall.serving import free_port, port_is_taken, serve  # noqa: PLC0415 - after the arguments are known good

    folder = (data or default_folder()).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[GAZETTE_PORT_VARIABLE] = str(port and port + 1)
    port = port or free_port(HOST)
    if port_is_taken(HOST, port):
        sys.exit(f"port {port} is taken: choose another with --port, or --port 0 for any free one")
    address = f"http://{HOST}:{port}"
    os.environ[FOLDER_VARIABLE] = str(folder)
    os.environ[ADDRESS_VARIABLE] = address
    os.environ[COMPANY_VARIABLE] = "on" if has_company else "off"
    serve("paywall.demo.application:create_demo_app", HOST, port, workers=1)
