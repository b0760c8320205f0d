"""Pages of lists that are sorted by their number."""

import pytest
from sqlalchemy import select

from paywall import audit
from paywall.admin.ground.cursors import BadPage, NumberedPage, by_number, pack, unpack
from paywall.audit import AuditEntry
from paywall.database import Database

QUERY = select(AuditEntry.id, AuditEntry.action)


def fill(database: Database, count: int) -> None:
    with database.writing() as session:
        for number in range(count):
            audit.write(session, 1, "test", f"deed_{number}", "publisher:1")


def at(database: Database, word: str) -> NumberedPage:
    with database.reading() as session:
        return by_number(session, QUERY, word, most=3)


class TestPages:
    def test_down_and_up_again_every_row_is_shown_once(self, database: Database) -> None:
        fill(database, 8)
        pages = [at(database, "")]
        while pages[-1].later:
            pages.append(at(database, pages[-1].later))
        found = [row.action for page in pages for row in page.rows]
        assert found == [f"deed_{number}" for number in reversed(range(8))]
        assert [len(page.rows) for page in pages] == [3, 3, 2]
        assert at(database, pages[-1].earlier or "").rows == pages[1].rows
        assert (pages[0].earlier, at(database, pages[1].earlier or "")) == (None, pages[0])

    def test_a_full_last_page_has_none_behind_it(self, database: Database) -> None:
        fill(database, 3)
        assert at(database, "") == NumberedPage(at(database, "").rows)

    def test_an_empty_list_is_one_page(self, database: Database) -> None:
        assert at(database, "") == NumberedPage([])

    @pytest.mark.parametrize(
        "word", ["before", "before-", "before-x", "after-1-2", "7", "before-٣", "after-" + "9" * 99]
    )
    def test_other_words_are_refused(self, word: str, sqlite_url: str) -> None:
        with pytest.raises(BadPage):
            at(Database(sqlite_url), word)


class TestWords:
    def test_values_come_back(self) -> None:
        assert unpack(pack("ə", 7, True, None)) == ["ə", 7, True, None]

    @pytest.mark.parametrize("word", ["x", "é", "bnVsbA", "a" * 2_001, pack(1)[:-2] + "*"])
    def test_anything_else_is_refused(self, word: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - it has no words for people
            unpack(word)
