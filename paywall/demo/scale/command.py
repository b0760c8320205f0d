"""`paywall demo --scale`: makes a big publication, in the demo's folder or in a database of one's own."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import text

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.database import Database
from paywall.demo.content import fill
from paywall.demo.place import Place, default_folder
from paywall.demo.scale.filling import Publication, make_up
from paywall.demo.scale.size import Size
from paywall.demo.scale.writing import Progress as Listener
from paywall.publishers.tables import Publisher
from paywall.readers.passwords import hash_password
from paywall.schema import migrate

PASSWORD = "read the news"  # noqa: S105 - of readers who do not exist
WORLD = NewPlan(
    slug="world",
    name="World",
    description="Every article, wherever you live.",
    prices=(
        NewPrice(Interval.MONTH, Money(399, "GBP")),
        NewPrice(Interval.YEAR, Money(3990, "GBP")),
        NewPrice(Interval.MONTH, Money(800, "JPY")),
        NewPrice(Interval.MONTH, Money(899, "AZN")),
        NewPrice(Interval.YEAR, Money(8990, "AZN")),
    ),
)
"""A third plan, so that there is money of several kinds, one without decimals."""


@dataclass(frozen=True, slots=True)
class Where:
    """The folder and the address of the demo; `database_url` where the rows go, if not into the demo's own file."""

    folder: Path | None
    address: str
    database_url: str | None

    @property
    def place(self) -> Place:
        """The demo's place, its folder made."""
        folder = (self.folder or default_folder()).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        return Place(folder, self.address)


def run_scale(where: Where, size: Size, console: Console) -> None:
    """Make the publication, with a bar for each part; raises BadInput where there is one already."""
    place = where.place
    database = Database(where.database_url or place.settings().database_url)
    migrate(database)
    fill_big(database, place, size, console)
    database.close()
    console.print(f"{size.readers:,} readers of {place.folder}, each with the password: {PASSWORD}")


def fill_big(database: Database, place: Place, size: Size, console: Console) -> None:
    """Fill a database whose schema is current."""
    profile = fill(database, place)
    with database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, profile.id), WORLD)
    columns = (TextColumn("{task.description:>13}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        make_up(Publication(database, profile.id, hash_password(PASSWORD)), size, lambda *part: _bar(progress, *part))
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _bar(progress: Progress, name: str, total: int | None) -> Listener:
    """Begin another bar; the ones before have come to their end, wherever that was."""
    for done in progress.tasks:
        progress.update(done.id, total=done.completed)
    task = progress.add_task(name, total=total)

    def advance(rows: int) -> None:
        progress.advance(task, rows)

    return advance
