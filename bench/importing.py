"""How long an import of subscribers takes: `python -m bench.importing --rows 100000`.

For SQLite and PostgreSQL the commands that a publisher runs, each a process of its own: the dry run, applying, the same
file again (which must change nothing), if asked for another that moves every end and taking it back, and taking the
first back. Beside each: time, processor time, the most memory it had.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.engines import postgres
from paywall import audit, clock
from paywall.database import Database
from paywall.demo.content import fill
from paywall.demo.place import Place
from paywall.entitlements.rules import Source
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.tables import Reader
from paywall.schema import migrate

ADDRESS = "http://127.0.0.1:8000"


def write_file(path: Path, rows: int, days: int) -> None:
    """Write a list of subscribers, as another system might send it; the first right ends after so many days."""
    ends = clock.now() + timedelta(days=days)
    with path.open("w", encoding="utf-8") as file:
        file.write("address,name,plan,ends,customer,source\n")
        for number in range(rows):
            day = (ends + timedelta(days=number % 365)).date()
            file.write(f"reader.{number}@example.org,Reader {number},digital,{day},cus_{number:014d},old system\n")


def run(place: Place, url: str, *arguments: str | Path) -> tuple[str, str]:
    """Run a command; return the cells of its row, and its last line."""
    environ = {**os.environ, "PAYWALL_DATABASE_URL": url, "PAYWALL_BASE_URL": ADDRESS, "PAYWALL_ENV": "test"}
    environ["PAYWALL_SECRET_KEY"] = place.settings().secret_key
    command = [str(Path(sys.executable).parent / "paywall"), "import", *map(str, arguments)]
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - begin
    assert os.waitstatus_to_exitcode(status) == 0, said
    cells = f"{took:.1f} | {usage.ru_utime + usage.ru_stime:.1f} | {usage.ru_maxrss / 1024:.0f}"
    return cells, said.strip().splitlines()[-1]


def there(database: Database) -> str:
    """Return in words what imports have made."""
    with database.reading() as session:
        readers = _count(session, Reader.active.is_(True) & ~Reader.is_staff)
        rights = _count(session, (EntitlementRow.source == Source.IMPORT) & (EntitlementRow.valid_until > clock.now()))
        rows = _count(session, audit.AuditEntry.action == "reader_imported")
    return f"{readers:,} accounts, {rights:,} rights, {rows:,} rows of the audit log"


def _count(session: Session, condition: object) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0  # type: ignore[arg-type]


def report(name: str, url: str, place: Place, file: Path, renewed: Path | None) -> None:
    """Print the table of one database."""
    database = Database(url)
    migrate(database)
    fill(database, place)
    print(f"\n### {name}\n\n| command | s | CPU s | peak MB | after it | said at last |")
    print("| --- | ---: | ---: | ---: | --- | --- |")
    steps: dict[str, tuple[str | Path, ...]] = {
        "dry run": ("subscribers", file),
        "dry run, then applied": ("subscribers", file, "--apply"),
        "the same file again": ("subscribers", file, "--apply"),
    }
    if renewed:
        steps |= {"every end a month later": ("subscribers", renewed, "--apply"), "the month taken back": ("undo", "4")}
    steps["all taken back"] = ("undo", "2")
    for what, arguments in steps.items():
        cells, last = run(place, url, *arguments)
        print(f"| {what} | {cells} | {there(database)} | {last} |", flush=True)
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--renewed", action="store_true", help="move every end by another file too, and take it back")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place, file = Place(folder, ADDRESS), folder / "subscribers.csv"
        renewed = folder / "renewed.csv"
        write_file(file, options.rows, 100)
        write_file(renewed, options.rows, 130)
        print(f"{options.rows:,} rows, {file.stat().st_size / 1e6:.1f} MB")
        for name, url in {"SQLite": f"sqlite:///{folder / 'x.sqlite3'}", "PostgreSQL": postgres(stack, folder)}.items():
            report(name, url, place, file, renewed if options.renewed else None)


if __name__ == "__main__":
    main()
