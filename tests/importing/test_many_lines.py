"""Files of very many lines: there is a limit, and none keeps the others from writing for long."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from paywall import clock
from paywall.database import Database
from paywall.importing import checking, runs
from paywall.importing.reading.refusing import FileRefused
from paywall.importing.runs import NotReady, forget_unapplied
from paywall.importing.tables import Import, ImportRow
from tests.importing.files import HEADER, SPRING, Desk

LATER = timedelta(days=2)


def lines(count: int) -> str:
    return "address\n" + "".join(f"reader{number}@example.com\n" for number in range(count))


def with_ends(count: int) -> str:
    return HEADER + "".join(
        f"reader{n}@example.com,,,2031-04-30,cus_{count}{n},sub_{count}{n},\n" for n in range(count)
    )


FILES = (with_ends(3), with_ends(9).replace("reader", "other"))


def later(text: str) -> str:
    """Return the same file with every end a day later."""
    return text.replace("2031-04-30", "2031-05-01")


class Transactions(list[list[str]]):
    """The statements of a database, those of one transaction together."""

    def listen(self, database: Database) -> None:
        event.listen(database.engine, "begin", lambda _connection: self.append([]))
        event.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if self:
            self[-1].append(statement)

    def with_a(self, words: str) -> list[list[str]]:
        return [one for one in self if any(words in statement for statement in one)]


@pytest.fixture
def transactions(desk: Desk) -> Iterator[Transactions]:
    noted = Transactions()
    noted.listen(desk.database)
    yield noted
    noted.clear()


class TestTooManyLines:
    def test_are_refused_by_a_sentence_that_names_the_limit(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checking, "MOST_ROWS", 3)
        assert desk.run(desk.check(lines(3))).row_count == 3
        with pytest.raises(FileRefused, match="Line 5: A file has at most 3 lines"):
            desk.check(lines(4))
        with desk.database.reading() as session:
            assert (session.query(Import).count(), session.query(ImportRow).count()) == (1, 3)


class TestLinesThatSayTheSame:
    def test_are_looked_for_before_anything_is_locked(self, desk: Desk, transactions: Transactions) -> None:
        number = desk.check(lines(3) + "reader0@example.com\n")
        assert desk.problems(number) == [(5, "address")]
        found = transactions.with_a("HAVING")
        assert found
        assert all(statement.startswith("SELECT") for one in found for statement in one)

    def test_are_all_counted_where_they_are_more_than_are_kept(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checking, "MOST_PROBLEMS", 2)
        number = desk.check(lines(5) + lines(5))
        assert (len(desk.problems(number)), desk.run(number).problem_count) == (2, 5)


class TestManyLines:
    """Each test does the same with three lines, then with nine."""

    def test_that_are_applied_ask_as_often_as_few_do(self, desk: Desk, transactions: Transactions) -> None:
        few, many = (
            self.asked(transactions, desk.check(text), lambda number: desk.apply(number, letters=True))
            for text in FILES
        )
        assert few == many
        assert len(desk.rights("other8@example.com")) == 1

    def test_whose_ends_are_moved_ask_as_often_as_few_do(self, desk: Desk, transactions: Transactions) -> None:
        for text in FILES:
            desk.take(text)
        few, many = (self.asked(transactions, desk.check(later(text)), desk.apply) for text in FILES)
        assert few == many
        assert desk.rights("other8@example.com")[0].valid_until == SPRING + timedelta(days=1)

    def test_that_are_undone_ask_as_often_as_few_do(self, desk: Desk, transactions: Transactions) -> None:
        few, many = (self.asked(transactions, desk.take(text), desk.undo) for text in FILES)
        assert few == many
        assert desk.readers() == {}

    def test_whose_ends_are_moved_back_ask_as_often_as_few_do(self, desk: Desk, transactions: Transactions) -> None:
        for text in FILES:
            desk.take(text)
        few, many = (self.asked(transactions, desk.take(later(text)), desk.undo) for text in FILES)
        assert few == many
        assert desk.rights("other8@example.com")[0].valid_until == SPRING

    @staticmethod
    def asked(transactions: Transactions, number: int, do: Callable[[int], None]) -> int:
        """Do something with an import; returns how many statements read or changed something, or took it away."""
        transactions.clear()
        do(number)
        return sum(one.startswith(("SELECT", "UPDATE", "DELETE")) for step in transactions for one in step)


class TestAFileThatWasNeverApplied:
    def test_is_deleted_in_small_steps(
        self, desk: Desk, transactions: Transactions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runs, "DELETED_AT_ONCE", 2)
        old = desk.check(lines(5))
        new = desk.check(lines(1))
        self.age(desk, old)
        transactions.clear()
        forget_unapplied(desk.database, clock.wall())
        assert (len(transactions.with_a("DELETE FROM import_rows")), len(desk.rows(old))) == (3, 0)
        assert (len(transactions.with_a("DELETE FROM imports")), len(desk.rows(new))) == (1, 1)

    def test_is_deleted_when_the_next_file_is_checked(self, desk: Desk) -> None:
        old = desk.check(lines(3))
        self.age(desk, old)
        new = desk.check(lines(1))
        with desk.database.reading() as session:
            assert [one.id for one in session.query(Import)] == [new]

    def test_can_not_be_applied_once_its_first_lines_are_gone(self, desk: Desk) -> None:
        old = desk.check(lines(3))
        self.age(desk, old)

        def die(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("DELETE FROM import_rows"):
                raise KeyboardInterrupt

        event.listen(desk.database.engine, "before_cursor_execute", die)
        with pytest.raises(KeyboardInterrupt):
            forget_unapplied(desk.database, clock.wall())
        event.remove(desk.database.engine, "before_cursor_execute", die)
        with pytest.raises(NotReady):
            desk.begin(old)
        forget_unapplied(desk.database, clock.wall())
        assert desk.rows(old) == []

    def age(self, desk: Desk, number: int) -> None:
        with desk.database.writing() as session:
            session.get_one(Import, number).checked_at = clock.wall() - LATER
