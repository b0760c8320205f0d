"""What staff note of a reader."""

import pytest

from paywall.app import Product
from paywall.errors import BadInput, NotFound
from paywall.publishers.profiles import choose
from paywall.readers.accounts import erase
from paywall.readers.finding import reader_by_id
from paywall.readers.notes import LONGEST_NOTE, MOST_NOTES, notes_of, write_note
from tests.readers.browser import Browser
from tests.readers.stored import readers


@pytest.fixture
def reader_id(product: Product, browser: Browser) -> int:
    browser.sign_up("known@example.com")
    return readers(product)[0].id


@pytest.fixture
def news(product: Product) -> int:
    return choose(product.database, "news").id


class TestANote:
    def test_the_newest_comes_first(self, product: Product, reader_id: int, news: int) -> None:
        with product.database.writing() as session:
            for text in ("Called twice.", " Second line\r\nbelow. "):
                write_note(session, news, reader_id, text, author="staff:7")
        with product.database.reading() as session:
            found = [(one.text, one.author) for one in notes_of(session, news, reader_id)]
        assert found == [("Second line\nbelow.", "staff:7"), ("Called twice.", "staff:7")]

    @pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_NOTE + 1), "a\x07bell", "\x00"])
    def test_what_nobody_types_is_refused(self, product: Product, reader_id: int, news: int, text: str) -> None:
        with product.database.reading() as session, pytest.raises(BadInput):
            write_note(session, news, reader_id, text, author="staff:7")

    def test_of_another_newspapers_reader_is_none(self, product: Product, reader_id: int) -> None:
        other = choose(product.database, "other").id
        with product.database.reading() as session, pytest.raises(NotFound):
            write_note(session, other, reader_id, "Hello.", author="staff:7")

    def test_there_is_an_end_to_them(self, product: Product, reader_id: int, news: int) -> None:
        with product.database.writing() as session:
            for number in range(MOST_NOTES):
                write_note(session, news, reader_id, f"{number}", author="staff:7")
            with pytest.raises(BadInput):
                write_note(session, news, reader_id, "One more.", author="staff:7")

    def test_goes_with_the_reader_who_is_erased(self, product: Product, reader_id: int, news: int) -> None:
        with product.database.writing() as session:
            write_note(session, news, reader_id, "Prefers the telephone.", author="staff:7")
            reader = reader_by_id(session, news, reader_id)
            assert reader
            erase(session, reader)
        with product.database.writing() as session:
            assert notes_of(session, news, reader_id) == []
            with pytest.raises(NotFound):
                write_note(session, news, reader_id, "Back again.", author="staff:7")
