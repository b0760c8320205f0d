"""How quick the list of subscribers is among many readers: `python -m bench.admin --readers 200000`.

For SQLite and PostgreSQL: p50 and p95 of the first page of each filter and of each way to search, as the page asks for
it (finding, then reading the rows), the plans of the slowest, whole pages, and time and peak memory of an export of
everybody.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from bench.admin_pages import report_pages
from bench.engines import postgres
from paywall import clock
from paywall.admin.subscribers.asking.cursor import Cursor
from paywall.admin.subscribers.asking.question import Question, Sign
from paywall.admin.subscribers.asking.reading import Choices
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.admin.subscribers.asking.spans import Span
from paywall.admin.subscribers.export import export
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.lines import lines_of
from paywall.admin.subscribers.finding.paging import count, find_page, page_query
from paywall.billing.catalogue.plans import plans_with_archived
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.database import Database
from paywall.demo.place import Place
from paywall.demo.scale.command import fill_big
from paywall.demo.scale.size import asked_for
from paywall.entitlements.rules import Source
from paywall.publishers.profiles import choose
from paywall.readers.tables import Reader
from paywall.schema import migrate

ROUNDS = 20
SLOWEST = 3
LONGEST_LINE = 160
FOLDER_HELP = "keep what is made there, or take what was made there before ($PAYWALL_BENCH_FOLDER)"


def questions(session: Session, asked: Asked) -> dict[str, Question]:
    """Every filter alone, some together, every sort, and every way to search."""
    now = asked.now
    email = session.scalars(select(Reader.email).where(~Reader.is_staff).order_by(Reader.id.desc()).offset(99)).first()
    sold = session.scalars(select(Subscription).limit(1)).one()
    number = session.scalars(select(Invoice.number).limit(1)).one()
    middle = Span(now - timedelta(days=500), now - timedelta(days=470))
    found: dict[str, Question] = {"everybody": Question()}
    found |= {f"status {one}": Question(status=one) for one in Status}
    found |= {f"plan {one}": Question(plan=one) for one in asked.choices.plans}
    found |= {f"currency {one}": Question(currency=one) for one in asked.choices.currencies}
    found |= {f"let in by {one}": Question(source=one) for one in Source}
    found |= {f"sign {one}": Question(sign=one) for one in Sign}
    found |= {f"sort {one}": Question(sort=one) for one in Sort}
    found |= {f"sort {one}, active": Question(sort=one, status=Status.ACTIVE) for one in Sort}
    found |= {
        "let in by nothing": Question(is_shut_out=True),
        "joined in a month long ago": Question(joined=middle),
        "the same, canceled": Question(joined=middle, status=Status.CANCELED),
        "the same, by address": Question(joined=middle, sort=Sort.ADDRESS),
        "ends next week": Question(ends=Span(now, now + timedelta(days=7))),
        "ends next week, active, EUR": Question(
            ends=Span(now, now + timedelta(days=7)), status=Status.ACTIVE, currency="EUR"
        ),
        "active, JPY": Question(status=Status.ACTIVE, currency="JPY"),
        "search: an address": Question(text=email or ""),
        "search: a first name": Question(text="aysel."),
        "search: one letter": Question(text="a"),
        "search: nobody": Question(text="nobody@nowhere.example"),
        "search: a subscription": Question(text=sold.stripe_id),
        "search: a customer": Question(text=sold.customer_id),
        "search: an invoice's number": Question(text=number or ""),
        "a page in the middle": Question(cursor=Cursor(now - timedelta(days=500), 1)),
    }
    return found


def measure(what: Callable[[], object]) -> tuple[float, float, float]:
    """Return p50, p95, and the p50 of this process's CPU time, in ms; the first try is left out."""
    took: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS + 1):
        begin, worked = time.perf_counter(), time.process_time()
        what()
        took.append((time.perf_counter() - begin) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    cuts = quantiles(took[1:], n=20)
    return cuts[9], cuts[18], median(busy[1:])


def first_page(database: Database, asked: Asked) -> None:
    with database.reading() as session:
        page = find_page(session, asked)
        lines_of(session, asked.publisher_id, [place.reader_id for place in page.rows])


def counted(database: Database, asked: Asked) -> None:
    with database.reading() as session:
        count(session, asked)


def plan_of(session: Session, asked: Asked) -> str:
    """Return how the database says it goes about the page's query."""
    query, connection = page_query(session, asked).limit(asked.question.per_page + 1), session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    how = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "
    event.listen(connection, "before_cursor_execute", lambda *a: (how + a[2], a[3]), retval=True)
    return "\n".join(f"    {_short(row[-1])}" for row in connection.execute(query).cursor.fetchall())


def _short(line: str) -> str:
    """Return a line of a plan without the thousands of numbers that may be in it."""
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def asked_of(database: Database) -> Asked:
    profile = choose(database, None)
    with database.reading() as session:
        plans = {one.slug: tuple(p.lookup_key for p in one.prices) for one in plans_with_archived(session, profile.id)}
        currencies = tuple(sorted(session.scalars(select(Subscription.currency).distinct())))
    return Asked(profile.id, Question(), Choices(ZoneInfo(profile.timezone), plans, currencies), clock.now())


def report(name: str, database: Database) -> None:
    """Print the table of one database, and the plans of its slowest queries."""
    asked = asked_of(database)
    with database.reading() as session:
        found = {what: replace(asked, question=one) for what, one in questions(session, asked).items()}
    took = {what: measure(lambda one=one: first_page(database, one)) for what, one in found.items()}  # type: ignore[misc]
    print(f"\n### {name}\n\n| first page of | p50 ms | p95 ms | CPU ms | counting CPU ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for what, (p50, p95, busy) in took.items():
        *_, counting = measure(lambda what=what: counted(database, found[what]))  # type: ignore[misc]
        print(f"| {what} | {p50:.1f} | {p95:.1f} | {busy:.1f} | {counting:.1f} |", flush=True)
    for what in sorted(took, key=lambda one: -took[one][1])[:SLOWEST]:
        with database.reading() as session:
            print(f"\n{what}:\n\n{plan_of(session, found[what])}")


def export_here(url: str) -> None:
    """Export everybody, and print how long it took and how much memory the process has ever had."""
    database = Database(url)
    asked, before, begin = asked_of(database), memory_mb(), time.perf_counter()
    size = sum(len(piece) for piece in export(database, asked))
    took = time.perf_counter() - begin
    print(f"\nexport: {size / 1e6:.1f} MB in {took:.1f} s, peak memory {memory_mb():.0f} MB, {before:.0f} MB before it")


def memory_mb() -> float:
    """Return the most memory this program has ever had, without its parent's."""
    (peak,) = re.findall(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    return int(peak) / 1024


def filled(database: Database, place: Place, name: str, readers: int) -> Database:
    """Return the database with so many readers in it, which a kept folder may have already."""
    made = place.folder / f"{name}-{readers}"
    migrate(database)
    if not made.exists():
        fill_big(database, place, asked_for(readers, None, None, 5, None), Console(stderr=True))
        made.touch()
    return database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=os.environ.get("PAYWALL_BENCH_FOLDER"), help=FOLDER_HELP)
    parser.add_argument("--export", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.export:
        export_here(options.export)
        return
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = Place(folder, "http://127.0.0.1:8000")
        urls = {
            "SQLite": f"sqlite:///{folder / 'admin.sqlite3'}",
            "PostgreSQL": postgres(stack, folder, is_kept=bool(options.folder)),
        }
        for name, url in urls.items():
            database = filled(Database(url), place, name, options.readers)
            report(name, database)
            database.close()
            report_pages(name, url, place, measure)
            subprocess.run([sys.executable, "-m", "bench.admin", "--export", url], check=True)


if __name__ == "__main__":
    main()
