"""`paywall sandbox`: the simulated Stripe as a server of its own, beside a paywall that is not live yet."""

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paywall.settings import EXIT_BAD_CONFIGURATION

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from paywall.sandbox import Sandbox

HOST = "127.0.0.1"
KEY = "sk_test_sandbox"
FOLDER_VARIABLE = "PAYWALL_SANDBOX_FOLDER"
ADDRESS_VARIABLE = "PAYWALL_SANDBOX_ADDRESS"
STEP_SECONDS = 0.5
"""How long a turn of the clock rests after each step in which webhooks were sent, so that those who took them have done
their work before the next day comes."""
ENDPOINT_DAYS = 9


@click.command()
@click.option("--port", default=12111, show_default=True, help="0 takes a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Where the simulated account is kept.")
@click.option("--webhook", "webhooks", metavar="URL", multiple=True, help="Send webhooks there; may be repeated.")
def sandbox(port: int, data: Path | None, webhooks: tuple[str, ...]) -> None:
    """Serve a simulated Stripe with a clock that can be turned: a year of subscriptions before going live."""
    from paywall.serving import free_port, port_is_taken, serve

    refuse_real_life(os.environ)
    folder = (data or _usual_folder()).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port(HOST)
    if port_is_taken(HOST, port):
        sys.exit(f"port {port} is taken: choose another with --port, or --port 0 for any free one")
    address = f"http://{HOST}:{port}"
    click.echo(_said(address, folder, _secrets(folder, address, webhooks)))
    os.environ |= {FOLDER_VARIABLE: str(folder), ADDRESS_VARIABLE: address}
    serve("paywall.cli.sandbox:create_app", HOST, port, workers=1)


def refuse_real_life(environ: Mapping[str, str]) -> None:
    """End the command with exit code 78 in production, and beside a key of the real Stripe."""
    if environ.get("PAYWALL_ENV") == "production":
        click.echo("PAYWALL_ENV: is production, where payments are not simulated", err=True)
        sys.exit(EXIT_BAD_CONFIGURATION)
    if not environ.get("PAYWALL_STRIPE_SECRET_KEY", KEY).startswith(KEY):
        click.echo(f"PAYWALL_STRIPE_SECRET_KEY: is a real key; the sandbox only knows {KEY}", err=True)
        sys.exit(EXIT_BAD_CONFIGURATION)


def create_app() -> "WSGIApplication":
    """Return what the sandbox's process answers with; its place comes from the command through the environment."""
    from paywall import clock
    from paywall.background import leave_ctrl_c_to_the_parent
    from paywall.demo.announcing import announce

    leave_ctrl_c_to_the_parent()
    folder, address = Path(os.environ[FOLDER_VARIABLE]), os.environ[ADDRESS_VARIABLE]
    clock.follow(folder / "clock")
    account = _open(folder, address)
    account.deliverer.waiting.disable_after = ENDPOINT_DAYS * 86_400
    account.open_control(clock.advance, _let_others_follow(account))
    account.deliverer.start()
    announce(address, path="/control")
    return _losing_connections(account.wsgi)


def _open(folder: Path, address: str) -> "Sandbox":
    from paywall.sandbox import Sandbox

    return Sandbox(folder / "stripe.sqlite3", address)


def _let_others_follow(account: "Sandbox") -> Callable[[], None]:
    """Return what rests for a moment after each step in which webhooks were sent."""
    last = -1

    def rest() -> None:
        nonlocal last
        newest = next((one.seq for one in account.deliverer.waiting.recent(1)), last)
        if newest != last:
            time.sleep(STEP_SECONDS)
        last = newest

    return rest


def _losing_connections(application: "WSGIApplication") -> "WSGIApplication":
    """Answer what a fault is to lose by an answer that breaks off: a WSGI server can't just close a connection."""
    from paywall.sandbox import ConnectionDropped

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except ConnectionDropped:
            start_response("200 OK", [("Content-Length", "4096"), ("Connection", "close")])
            return _broken_off()

    return answer


def _broken_off() -> Iterator[bytes]:
    yield b""
    msg = "the sandbox was told to lose this answer"
    raise ConnectionAbortedError(msg)


def _secrets(folder: Path, address: str, webhooks: Iterable[str]) -> dict[str, str]:
    """Register the addresses that are not yet, and return the signing secret of each endpoint there is."""
    from paywall.sandbox.webhooks.keeping import ensure_endpoints

    account = _open(folder, address)
    try:
        with account.store.transaction(write=True):
            return ensure_endpoints(account.begin(), webhooks)
    finally:
        account.close()


def _said(address: str, folder: Path, secrets: Mapping[str, str]) -> str:
    """Return what is printed: where it is, and the settings of a paywall that uses it."""
    settings = {
        "PAYWALL_ENV": "test",
        "PAYWALL_STRIPE_API_BASE": address,
        "PAYWALL_STRIPE_SECRET_KEY": KEY,
        "PAYWALL_STRIPE_WEBHOOK_SECRETS": ",".join(secrets.values()) or "(told by: paywall stripe setup)",
        "PAYWALL_CLOCK_FILE": str(folder / "clock"),
    }
    return "\n".join(
        [
            "A simulated Stripe: no money moves here.",
            f"  control page    {address}/control",
            f"  key             {KEY}",
            f"  kept in         {folder}",
            *(f"  webhook secret  {secret} for {url}" for url, secret in secrets.items()),
            "",
            "Environment of the paywall beside it:",
            *(f"  export {name}={shlex.quote(value)}" for name, value in settings.items()),
            "",
        ]
    )


def _usual_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("paywall", appauthor=False) / "sandbox"
