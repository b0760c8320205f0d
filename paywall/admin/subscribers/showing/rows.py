"""A row of the table: address, state, plan and price, when it renews or ends, when the reader joined."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from paywall.admin.ground.days import day_name
from paywall.admin.subscribers.finding.lines import Bought, Line
from paywall.admin.subscribers.showing.words import State, state_of
from paywall.billing.catalogue.wording import paid
from paywall.billing.subscriptions.status import RUNNING
from paywall.readers.email_address import for_people


@dataclass(frozen=True, slots=True)
class Moment:
    """A day as people read it, and as machines do; `word` says what happens on it."""

    word: str
    day: str
    iso: str


@dataclass(frozen=True, slots=True)
class Row:
    """What the table says of one reader."""

    reader_id: int
    address: str
    state: State
    plan: str
    price: str
    until: Moment | None
    joined: Moment
    pays_twice: bool


def row_of(line: Line, names: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Row:
    """Return the row of a line; `names` are the plans' names by slug."""
    bought = line.current
    return Row(
        reader_id=line.reader_id,
        address=for_people(line.email),
        state=state_of(line, now),
        plan=names.get(bought.plan, bought.plan) if bought else "",
        price=_price(bought) if bought else "",
        until=_until(line, zone, now),
        joined=_moment("joined", line.joined_at, zone),
        pays_twice=line.pays_twice,
    )


def _price(bought: Bought) -> str:
    return paid(bought.money, bought.interval, bought.interval_count, "en")


def _until(line: Line, zone: ZoneInfo, now: datetime) -> Moment | None:
    """Return when the subscription renews, or else when the last right to read ends or ended."""
    bought = line.current
    if bought and bought.status in RUNNING and bought.cancels_at is None and bought.paid_through_at:
        return _moment("renews", bought.paid_through_at, zone)
    if line.ends_at is None or line.ends_at <= line.joined_at:
        return None
    return _moment("until" if now < line.ends_at else "ended", line.ends_at, zone)


def _moment(word: str, at: datetime, zone: ZoneInfo) -> Moment:
    local = at.astimezone(zone)
    return Moment(word, day_name(local), local.isoformat(timespec="minutes"))
