"""The list as CSV, streamed: page after page is read, written and forgotten, so a million rows need no memory.

Each page is a short read of its own: nobody waits for an export, and it waits for nobody. Who joins meanwhile may be
in it or not; nobody is in it twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from paywall.admin.ground.sheets import sheet, time_cell
from paywall.admin.subscribers.asking.cursor import Cursor
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.lines import Line, lines_of
from paywall.admin.subscribers.finding.paging import find_page
from paywall.admin.subscribers.showing.words import state_of
from paywall.database import Database

HEADER = (
    "account",
    "address",
    "joined",
    "state",
    "reads_until",
    "let_in_by",
    "plan",
    "status",
    "amount",
    "currency",
    "interval",
    "paid_through",
    "cancels",
    "pays_twice",
    "customer",
    "subscription",
)
AT_ONCE = 1_000


def export(database: Database, asked: Asked) -> Iterator[bytes]:
    """Yield the list as CSV, from first row to last, whatever page was asked for."""
    return sheet(HEADER, _rows(database, asked))


def _rows(database: Database, asked: Asked) -> Iterator[tuple[str, ...]]:
    question = replace(asked.question, cursor=None, per_page=AT_ONCE)
    while True:
        with database.reading() as session:
            page = find_page(session, replace(asked, question=question))
            lines = lines_of(session, asked.publisher_id, [place.reader_id for place in page.rows])
        yield from (_cells(line, asked.now) for line in lines)
        if not page.has_later:
            return
        last = page.rows[-1]
        question = replace(question, cursor=Cursor(last.value, last.reader_id))


def _cells(line: Line, now: datetime) -> tuple[str, ...]:
    right, bought = line.right(now), line.current
    about_account = (str(line.reader_id), line.email, time_cell(line.joined_at), state_of(line, now).words)
    about_right = (time_cell(line.ends_at), right.source.value if right else "")
    if bought is None:
        return (*about_account, *about_right, *[""] * 10)
    return (
        *about_account,
        *about_right,
        bought.plan,
        bought.status,
        str(bought.money.amount),
        bought.money.currency,
        bought.interval if bought.interval_count == 1 else f"{bought.interval_count} {bought.interval}",
        time_cell(bought.paid_through_at),
        time_cell(bought.cancels_at),
        "yes" if line.pays_twice else "",
        bought.customer_id,
        bought.stripe_id,
    )
