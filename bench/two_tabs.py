"""Both tabs paid: readers press the button five times at once, and then pay on a second page that nobody closed.

Run `python -m bench.two_tabs [--readers 1000] [--clicks 5] [--engine NAME …]`. The second page is made at Stripe behind
our back, as an answer that was lost leaves one; both are paid at the same moment and both browsers come back. In the
end every reader must have one live subscription and one charge that was kept, the second one given back in full.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from bench.checkout_race import THREADS, new_publisher, race
from bench.engines import postgres
from paywall import logs
from paywall.billing.checkout.welcome import finish_checkout
from paywall.billing.syncing.ownership import Owner
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.drain import drain_once
from paywall.errors import PaywallError
from tests.billing.shop import YEARLY, Shop, open_shop

_LIVE = ("active", "trialing", "past_due")
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What Stripe holds in the end."""

    both_paid: int
    two_live: int
    no_live: int
    charged_twice: int
    given_back: int
    events_open: int

    @property
    def is_right(self) -> bool:
        """True where nobody has two and everybody who paid twice got one back."""
        return not (self.two_live or self.no_live or self.charged_twice or self.events_open)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--clicks", type=int, default=5)
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    logs.configure("critical")
    print(f"{given.readers} readers x {given.clicks} parallel clicks, then both tabs paid at once")
    outcomes = [_run(engine, given.readers, given.clicks) for engine in given.engine or ["sqlite", "postgres"]]
    return int(not all(one.is_right for one in outcomes))


def _run(engine: str, readers: int, clicks: int) -> Reckoning:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'paywall.sqlite3'}" if engine == "sqlite" else postgres(stack, folder)
        shop = open_shop(url, new_publisher(url), folder)
        both_paid = _buy_twice(shop, [shop.reader() for _ in range(readers)], clicks)
        _settle(shop)
        found = _reckon(shop, both_paid, readers)
        shop.sandbox.close()
        shop.product.database.close()
    print(
        f"{engine}: both tabs paid by {found.both_paid} readers; with two live subscriptions {found.two_live}, with "
        f"none {found.no_live}; charges kept: more than one for {found.charged_twice}; second payments given back in "
        f"full {found.given_back}; events left open {found.events_open}",
        flush=True,
    )
    return found


def _buy_twice(shop: Shop, readers: list[int], clicks: int) -> int:
    """Let everybody click, open a second page, and pay on both at once; returns for how many both payments went."""
    pages = {click.reader_id: click.address for click in race(shop, readers, clicks) if click.address[:4] == "http"}
    customers = {page["client_reference_id"]: page["customer"] for page in shop.sessions()}
    seconds = {reader: _second_page(shop, reader, customers[str(reader)]) for reader in pages}
    tabs = [(reader, address) for reader in pages for address in (pages[reader], seconds[reader])]
    with ThreadPoolExecutor(THREADS) as pool:
        paid = Counter(reader for reader in pool.map(lambda tab: _pay_and_come_back(shop, *tab), tabs) if reader)
    return sum(count == 2 for count in paid.values())


def _second_page(shop: Shop, reader: int, customer: str) -> str:
    price = shop.gateway.find_prices([YEARLY])[YEARLY]["id"]
    own = {"publisher": shop.publisher.slug, "reader": str(reader), "checkout": "lost"}
    params: dict[str, Any] = {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": str(reader),
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": "https://news.test/subscribe/welcome?session_id={CHECKOUT_SESSION_ID}",
        "subscription_data": {"metadata": own},
    }
    return str(shop.gateway.create_checkout_session(params, idempotency_key=f"lost:{reader}")["url"])


def _pay_and_come_back(shop: Shop, reader: int, address: str) -> int | None:
    back = shop.pay(address).location or ""
    session_id = back.partition("session_id=")[2]
    if not session_id:
        return None
    with suppress(PaywallError, OperationalError):  # a busy database is a 503: the page asks again, the event comes
        finish_checkout(shop.billing, Owner(shop.publisher.id, reader), session_id)
    return reader


def _settle(shop: Shop) -> None:
    """Let all events arrive, those too that working on them causes."""
    for _ in range(_ROUNDS):
        new = 0
        with shop.database.writing() as session:
            for event in shop.gateway.list_events():
                new += inbox.receive(session, event, livemode=False)
        while drain_once(shop.billing):
            pass
        if not new:
            return


def _reckon(shop: Shop, both_paid: int, readers: int) -> Reckoning:
    live = Counter(one["customer"] for one in shop.subscriptions() if one["status"] in _LIVE)
    charges = _charges(shop)
    kept = Counter(one["customer"] for one in charges if one["amount_captured"] > one["amount_refunded"])
    with shop.database.reading() as session:
        waiting = inbox.counts(session).get("waiting", 0)
    return Reckoning(
        both_paid=both_paid,
        two_live=sum(count > 1 for count in live.values()),
        no_live=readers - len(live),
        charged_twice=sum(count > 1 for count in kept.values()),
        given_back=sum(bool(one["refunded"]) for one in charges),
        events_open=waiting,
    )


def _charges(shop: Shop) -> Iterable[dict[str, Any]]:
    with shop.sandbox.store.transaction(write=False):
        return [one for one in shop.sandbox.store.select("charge") if one["paid"]]


if __name__ == "__main__":
    sys.exit(main())
