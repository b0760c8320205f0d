"""Events as Stripe sends them for subscriptions that begin and renew, and the signed requests that bring them."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from paywall import clock
from paywall.publishers.rules import Profile
from tests.billing.shop import open_shop
from tests.billing.stripe_world import Time
from tests.proof.storm.tape import Tape

PATH = "/webhooks/stripe"
STRIPE_FILE = "stripe.sqlite3"
SECRET = "whsec_made_up_for_a_measurement"  # noqa: S105 - made up
Json = dict[str, Any]
Signed = tuple[str, str]
_LUA = """
local requests, at = {}, 0
for line in io.lines("%s") do
  local signature, body = line:match("^([^\\t]*)\\t(.*)$")
  requests[#requests + 1] = {signature, body}
end
function init(args)
  for i, one in ipairs(requests) do
    local headers = {Host = "%s", ["Stripe-Signature"] = one[1], ["Content-Type"] = "application/json; charset=utf-8"}
    requests[i] = wrk.format("POST", "%s", headers, one[2])
  end
end
function request() at = at %% #requests + 1 return requests[at] end
"""


def recorded(database_url: str, publisher: Profile, readers: int, folder: Path) -> list[Json]:
    """Return the events of readers who subscribe on the payment page and renew after a month; none of them is told.

    The stand-in's account stays in `folder`, in STRIPE_FILE.
    """
    time = Time()
    shop = open_shop(database_url, publisher, folder, time)
    tape = Tape(shop.sandbox.store)
    tape.fresh()
    for _ in range(readers):
        shop.pay(shop.click(shop.reader()))
    time.move(days=32)
    shop.sandbox.tick()
    events = tape.fresh()
    shop.sandbox.close()
    shop.product.database.close()
    return events


def without_end(events: Sequence[Json]) -> Iterator[bytes]:
    """Yield the bodies of these events again and again, each under an id that none had before."""
    for number in itertools.count():
        event = {**events[number % len(events)], "id": f"evt_{clock.wall():%H%M%S%f}{number}"}
        yield wire(event)


def wire(event: Json) -> bytes:
    """Return an event as it is sent."""
    return json.dumps(event, ensure_ascii=False).encode()


def sign(bodies: Iterable[bytes]) -> list[Signed]:
    """Sign bodies for the next five minutes; returns header and body of each."""
    stamp = str(int(clock.wall().timestamp()))
    return [(f"t={stamp},v1={_digest(stamp, body)}", body.decode()) for body in bodies]


def _digest(stamp: str, body: bytes) -> str:
    return hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def script(requests: Sequence[Signed], lines: Path, host: str) -> str:
    """Return wrk's script that sends these, one after the other; they are kept in the file `lines`."""
    lines.write_text("".join(f"{signature}\t{body}\n" for signature, body in requests))
    return _LUA % (lines, host, PATH)
