"""The made-up publication: the same seed makes the same rows, and they are rows that could have come about."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from sqlalchemy import Row, func, select, text

from paywall.billing.catalogue.plans import Price
from paywall.billing.ledger.tables import Payment, Refund
from paywall.billing.reconciling.local import terms_of
from paywall.billing.subscriptions.status import Status, access_of
from paywall.billing.subscriptions.tables import Invoice, Subscription, invoices_of
from paywall.cli import main
from paywall.database import Base, Database
from paywall.demo.place import Place
from paywall.demo.scale.command import PASSWORD, fill_big
from paywall.demo.scale.size import Size
from paywall.entitlements.tables import EntitlementRow
from paywall.errors import BadInput
from paywall.gate.events import GateEvent
from paywall.readers.passwords import is_right
from paywall.readers.tables import Reader
from tests.databases import ENGINES, make_tables

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
SIZE = Size(readers=900, subscriptions=700, views=300, seed=5, now=NOW)
QUIET = Console(quiet=True)


def filled(url: str, folder: Path, size: Size = SIZE) -> Database:
    database = Database(url)
    folder.mkdir(exist_ok=True)
    fill_big(database, Place(folder, "http://127.0.0.1:8000"), size, QUIET)
    return database


def copied(template: Path, path: Path) -> str:
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def rows_of(database: Database, table: str) -> list[tuple[object, ...]]:
    columns = Base.metadata.tables[table].c
    with database.looking() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns.id))]


@pytest.fixture(scope="module", params=ENGINES)
def big(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One for all tests of this file, on each engine: they only look at it."""
    folder = tmp_path_factory.mktemp("scale")
    url = f"sqlite:///{folder / 'big.sqlite3'}"
    if request.param == "postgres":
        url = request.getfixturevalue("new_postgres_url")()
    make_tables(url)
    database = filled(url, folder)
    yield database
    database.close()


class TestSameSeed:
    def test_the_same_seed_makes_the_same_rows_and_another_does_not(
        self, big: Database, sqlite_with_tables: Path, tmp_path: Path
    ) -> None:
        again = filled(copied(sqlite_with_tables, tmp_path / "again.sqlite3"), tmp_path)
        other = filled(copied(sqlite_with_tables, tmp_path / "other.sqlite3"), tmp_path, Size(900, 700, 300, 6, NOW))
        for table in ("subscriptions", "entitlements", "invoices", "payments", "refunds", "disputes", "gate_events"):
            assert rows_of(big, table) == rows_of(again, table), table
            assert rows_of(big, table) != rows_of(other, table), table
        again.close()
        other.close()


class TestNumbers:
    def test_there_are_as_many_as_asked_for(self, big: Database) -> None:
        with big.reading() as session:
            counts = [session.scalar(select(func.count()).select_from(row)) for row in (Subscription, GateEvent)]
            readers = session.scalar(select(func.count()).where(~Reader.is_staff))
        assert counts == [700, 300]
        assert readers == 900

    def test_every_status_plan_currency_and_interval_is_there(self, big: Database) -> None:
        with big.reading() as session:
            found = {column: set(session.scalars(select(column).distinct())) for column in _VARIED}
            keys = set(session.scalars(select(Price.lookup_key)))
        assert found[Subscription.status] == {status.value for status in Status}
        assert found[Subscription.lookup_key] == keys
        assert found[Subscription.currency] == {"EUR", "USD", "GBP", "JPY", "AZN"}
        assert found[EntitlementRow.standing] == {"subscribed", "trialing", "in_grace", "paid_through", "comp"}

    def test_more_can_be_signed_up_afterwards(self, big: Database) -> None:
        """PostgreSQL goes on counting behind the ids that were given by hand."""
        one_more = Reader(publisher_id=1, email="a", email_normalized="a", fs_uniquifier="a", created_at=NOW)
        with big.reading() as session:
            session.add(one_more)
            session.flush()
            assert one_more.id > 900
            session.rollback()


_VARIED = (Subscription.status, Subscription.lookup_key, Subscription.currency, EntitlementRow.standing)


def totals(rows: Iterable[Row[str, int]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for invoice_id, amount in rows:
        sums[invoice_id] += amount
    return sums


class TestWhatHolds:
    def test_every_right_is_what_the_rule_makes_of_the_bills(self, big: Database) -> None:
        with big.reading() as session:
            for row in session.scalars(select(Subscription)):
                right = session.scalars(select(EntitlementRow).filter_by(source_id=row.stripe_id)).one()
                access = access_of(terms_of(row), [invoice.bill for invoice in invoices_of(session, row.stripe_id)])
                stored = (right.standing, right.paid_through_at, right.valid_until, right.suspended)
                assert stored == (access.standing, access.paid_through_at, access.valid_until, access.suspended)
                assert row.paid_through_at == access.paid_through_at

    def test_payments_and_refunds_are_those_of_the_invoices(self, big: Database) -> None:
        with big.reading() as session:
            paid = totals(session.execute(select(Payment.invoice_id, Payment.amount_minor)))
            back = totals(session.execute(select(Refund.invoice_id, Refund.amount_minor)))
            for invoice in session.scalars(select(Invoice)):
                assert paid[invoice.stripe_id] == invoice.paid_minor
                assert back[invoice.stripe_id] == invoice.refunded_minor <= invoice.paid_minor
                assert 0 <= invoice.tax_minor <= invoice.total_minor
        assert paid
        assert back

    def test_nobody_buys_before_joining_and_nothing_has_happened_after_now(self, big: Database) -> None:
        with big.reading() as session:
            together = select(Reader, Subscription).join(Subscription, Subscription.reader_id == Reader.id)
            for reader, subscription in session.execute(together):
                assert reader.created_at <= subscription.created_at < NOW
                assert subscription.ended_at is None or subscription.ended_at <= NOW
            assert all(at < NOW for at in session.scalars(select(GateEvent.at)))

    def test_everybody_has_the_one_password(self, big: Database) -> None:
        with big.reading() as session:
            hashes = set(session.scalars(select(Reader.password).where(~Reader.is_staff)))
        assert len(hashes) == 1
        assert is_right(hashes.pop(), PASSWORD)

    def test_ids_count_up_in_the_order_of_joining(self, big: Database) -> None:
        with big.reading() as session:
            joined = list(session.scalars(select(Reader.created_at).where(~Reader.is_staff).order_by(Reader.id)))
        assert joined == sorted(joined)


class TestRefusing:
    def test_a_publication_with_subscriptions_is_left_alone(self, big: Database, tmp_path: Path) -> None:
        before = rows_of(big, "subscriptions")
        with pytest.raises(BadInput, match="already"):
            fill_big(big, Place(tmp_path, "http://127.0.0.1:8000"), SIZE, QUIET)
        assert rows_of(big, "subscriptions") == before

    def test_more_subscriptions_than_readers_are_refused(self, sqlite_url: str, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="at most one"):
            filled(sqlite_url, tmp_path, Size(10, 11, 0, 5, NOW))


class TestCommand:
    def test_it_fills_the_folder_and_says_how_to_go_on(self, tmp_path: Path) -> None:
        options = ["demo", "--scale", "--readers", "50", "--until", "2026-11-20", "--data", str(tmp_path)]
        said = CliRunner().invoke(main, options)
        assert said.exit_code == 0, said.output
        assert "50 readers" in said.output
        assert PASSWORD in said.output
        database = Database(f"sqlite:///{tmp_path / 'paywall.sqlite3'}")
        with database.looking() as connection:
            assert connection.scalar(text("SELECT count(*) FROM subscriptions")) == 15
            assert connection.scalar(text("SELECT count(*) FROM gate_events")) == 250
        database.close()
