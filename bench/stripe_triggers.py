"""Stripe's own trigger scripts against the sandbox: `python -m bench.stripe_triggers [EVENT …]`.

The command line tool of Stripe (`@stripe/cli` of the npm registry, kept in the user's cache) knows a script for each of
its events: a few calls of the API after which that event must have happened. Every script is run, offline, against
`paywall sandbox`; one has passed if the tool says so and the sandbox has recorded the event.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from platformdirs import user_cache_path
from rich.console import Console
from rich.progress import track

PACKAGE, VERSION = "@stripe/cli", "1.52.0"
KEY = "sk_test_sandbox"
TRIGGER_SECONDS = 120
_LONGEST_REASON = 110
ALIASES = {
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}
"""Scripts that are called otherwise than the event they cause."""
LEFT_OUT: dict[str, str] = {
    "account": "connected accounts",
    "balance": "the account's own balance",
    "cash_balance": "customers' cash balances",
    "checkout.session": "the scripts sell one-time payments and pay by a call that is not documented (payment_pages)",
    "credit_note": "credit notes",
    "customer.discount": "the script sends a customer's `coupon`, which today's API version no longer knows",
    "customer.source": "sources, the form before payment methods",
    "customer_cash_balance_transaction": "customers' cash balances",
    "identity": "identity checks",
    "issuing_authorization": "issuing cards",
    "issuing_card": "issuing cards",
    "issuing_cardholder": "issuing cards",
    "issuing_transaction": "issuing cards",
    "payment_intent.partially_funded": "customers' cash balances",
    "payment_link": "payment links",
    "payout": "payouts to the account",
    "plan": "plans, the form before prices",
    "promotion_code": "the script sends `coupon`, which today's API version calls `promotion`",
    "quote": "quotes",
    "reporting": "reports",
    "subscription_schedule.aborted": "the script cancels a schedule that has not begun, which is canceled, not aborted",
    "subscription_schedule.completed": "the script's customer has no payment method; the sandbox wants one",
    "subscription_schedule.expiring": "the script's customer has no payment method; the sandbox wants one",
    "topup": "the account's own balance",
    "transfer": "connected accounts",
    "v1.billing.meter": "metered billing",
}
"""What a newspaper's paywall has no use for, or no correct server could do, by the beginning of the event's name."""


@dataclass(frozen=True)
class Outcome:
    """How one script went; `reason` is empty where it passed."""

    event: str
    reason: str
    is_asked: bool

    @property
    def word(self) -> str:
        """Say it in a word."""
        if not self.reason:
            return "passed"
        return "failed" if self.is_asked else "left out"


def main() -> int:
    """Run the scripts named, or all; return 1 if one that is asked for failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("events", nargs="*", metavar="EVENT")
    wanted: list[str] = parser.parse_args().events
    tool = install(user_cache_path("paywall", appauthor=False) / f"stripe-cli-{VERSION}")
    with tempfile.TemporaryDirectory() as folder, sandbox(Path(folder)) as address:
        environ = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder}
        events = wanted or known_events(tool, environ)
        steps = track(events, "scripts", console=Console(stderr=True))
        outcomes = [trigger(tool, environ, address, event) for event in steps]
    _print(outcomes)
    return int(any(outcome.word == "failed" for outcome in outcomes))


def install(folder: Path) -> Path:
    """Return the tool's binary, fetched by npm if it is not there yet; node comes by apt if it is missing."""
    if not list(folder.glob("node_modules/@stripe/cli-*/bin/stripe*")):
        if shutil.which("npm") is None:
            _by_apt("nodejs", "npm")
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(["npm", "install", *options, f"{PACKAGE}@{VERSION}"], check=True, capture_output=True)
    return next(folder.glob("node_modules/@stripe/cli-*/bin/stripe*"))


def _by_apt(*packages: str) -> None:
    root = [] if os.geteuid() == 0 else ["sudo"]
    for command in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        subprocess.run([*root, "apt-get", *command], check=True, capture_output=True)


@contextmanager
def sandbox(folder: Path) -> Iterator[str]:
    """Serve a fresh sandbox; yields its address."""
    command = [sys.executable, "-c", "from paywall.cli import main; main()", "sandbox", "--port", "0"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PAYWALL_")}
    process = subprocess.Popen(
        [*command, "--data", str(folder / "sandbox")], stdout=subprocess.PIPE, text=True, env=environ
    )
    assert process.stdout is not None
    try:
        yield next(line.split()[1] for line in process.stdout if line.startswith("ready "))
    finally:
        process.terminate()
        process.wait(30)


def known_events(tool: Path, environ: dict[str, str]) -> list[str]:
    """Return the events that the tool has scripts for, as its help lists them."""
    told = subprocess.run([tool, "trigger", "--help"], env=environ, capture_output=True, text=True, check=True).stdout
    listed = told.partition("Supported events:")[2].partition("Usage:")[0]
    return listed.split()


def trigger(tool: Path, environ: dict[str, str], address: str, event: str) -> Outcome:
    """Run one script."""
    scope = next((why for name, why in LEFT_OUT.items() if f"{event}.".startswith(f"{name}.")), "")
    options = ["--api-base", address, "--api-key", KEY]
    before = _recorded(address, event)
    ran = subprocess.run(
        [tool, "trigger", event, *options],
        env=environ,
        capture_output=True,
        text=True,
        timeout=TRIGGER_SECONDS,
        check=False,
    )
    if ran.returncode == 0 and _recorded(address, event) > before:
        return Outcome(event, "", not scope)
    reason = _reason(ran.stdout + ran.stderr) if ran.returncode else "the script ended well, but nothing happened"
    return Outcome(event, scope or reason, not scope)


def _recorded(address: str, event: str) -> int:
    """Return how many events of the type there are, among the latest hundred."""
    asked: dict[str, Any] = {"type": ALIASES.get(event, event), "limit": 100}
    return len(requests.get(f"{address}/v1/events", params=asked, auth=(KEY, ""), timeout=10).json()["data"])


def _reason(output: str) -> str:
    told = re.search(r'"message": "([^"]+)"', output)
    words = told[1] if told else " ".join(output.split())[-_LONGEST_REASON:]
    missing = re.match(r"Unrecognized request URL \((\w+): ([^)]+)\)", words)
    return f"there is no {missing[1]} {missing[2]}" if missing else words[:_LONGEST_REASON]


def _print(outcomes: Sequence[Outcome]) -> None:
    width = max(len(outcome.event) for outcome in outcomes)
    for outcome in outcomes:
        line = f"{outcome.event:<{width}}  {outcome.word:<12}  {outcome.reason}"
        sys.stdout.write(f"{line.rstrip()}\n")
    words = [outcome.word for outcome in outcomes]
    asked = [outcome for outcome in outcomes if outcome.is_asked]
    passed = sum(outcome.word == "passed" for outcome in asked)
    sys.stdout.write(
        f"\n{len(words)} scripts: {passed} of the {len(asked)} that concern a paywall passed; "
        f"{words.count('left out')} are left out, each for its reason\n"
    )


if __name__ == "__main__":
    sys.exit(main())
