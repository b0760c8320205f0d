"""The table of bad files, on both databases: each is refused by line and column, and changes nothing."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from paywall import schema
from paywall.cli import main
from paywall.database import Database
from paywall.importing.reading.refusing import FileRefused
from paywall.publishers.setup import NewPublisher, set_up_publisher
from tests.databases import ENGINES
from tests.importing.bad_files import FIELDS, file_of, rows, rows_of
from tests.importing.files import Desk

TESTS = Path(__file__).resolve().parent.parent


class TestABadFile:
    @pytest.mark.parametrize("row", rows_of(*FIELDS))
    def test_it_is_answered_as_the_table_says(self, desk: Desk, row: dict[str, str]) -> None:
        status, line, *column = row["answer"].split()
        if column == ["file"]:
            with pytest.raises(FileRefused) as refused:
                desk.check(file_of(row))
            assert (refused.value.status, str(refused.value.line or "-")) == (int(status), line)
        elif status == "422":
            problems = desk.problems(desk.check(file_of(row)))
            assert problems == [(int(line), "" if column == ["line"] else column[0])]
        else:
            number = desk.check(file_of(row))
            assert (desk.problems(number), desk.run(number).row_count) == ([], int(line))
        assert desk.readers() == {}

    def test_each_row_that_tells_a_story_is_told_by_a_test(self) -> None:
        told = "".join(
            path.read_text() for room in ("importing", "admin/importing") for path in (TESTS / room).glob("*.py")
        )
        for row in rows():
            assert row["kind"] != "story" or f"def {row['answer']}(" in told, row["id"]


class TestTheCommand:
    @pytest.mark.parametrize("row", rows_of(*FIELDS))
    def test_it_says_line_and_column_and_exits_as_the_table_says(
        self, command: CliRunner, tmp_path: Path, row: dict[str, str]
    ) -> None:
        status, line, *column = row["answer"].split()
        file = tmp_path / "list.csv"
        file.write_bytes(file_of(row))
        answer = command.invoke(main, ["import", "subscribers", str(file)])
        said = answer.output
        assert (answer.exit_code, answer.exception is None or isinstance(answer.exception, SystemExit)) == (
            0 if status == "200" else 1,
            True,
        )
        if column and line != "-":
            assert f"line {line}" in said.lower()
        assert "Traceback" not in said

    def test_counts_one_line_and_one_problem_in_words_for_one(self, command: CliRunner, tmp_path: Path) -> None:
        file = tmp_path / "list.csv"
        file.write_text("address,ends\nanna@example.com,2031-04-30\nnobody,2031-04-30\n")
        said = command.invoke(main, ["import", "subscribers", str(file)]).output
        assert re.search(r"^Import \d+: 1 line without a problem, 1 problem$", said, re.MULTILINE)


@pytest.fixture(scope="module", params=ENGINES)
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('command') / 'paywall.sqlite3'}"
    else:
        url = str(request.getfixturevalue("new_postgres_url")())
    database = Database(url)
    schema.migrate(database)
    with database.writing() as session:
        set_up_publisher(session, NewPublisher("news", "The News", "news.test", "Asia/Baku"))
    database.close()
    return url


@pytest.fixture
def command(installation: str) -> CliRunner:
    """The command line, as an operator has it."""
    settings = {
        "PAYWALL_SECRET_KEY": "0123456789abcdef" * 2,
        "PAYWALL_BASE_URL": "https://news.test",
        "PAYWALL_DATABASE_URL": installation,
        "PAYWALL_ENV": "test",
    }
    return CliRunner(env=settings)
