"""Tables as CSV, for every room of /admin."""

import csv
import io
from itertools import count

import pytest

from paywall.admin.ground.sheets import as_csv, harmless, sheet


class TestASheet:
    def test_a_program_reads_what_was_written(self) -> None:
        rows = [["1", 'He said "no", twice'], ["2", "Ağdam\nŞuşa"]]
        text = b"".join(sheet(["id", "words"], rows)).decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(text, newline=""))) == [["id", "words"], *rows]

    def test_no_more_than_a_thousand_rows_are_taken_before_they_are_sent(self) -> None:
        numbers = count()
        pieces = sheet(["id"], ([str(number)] for number in numbers))
        assert next(pieces).startswith(b"\xef\xbb\xbf")
        assert next(pieces).count(b"\n") == 1_000
        assert next(numbers) == 1_000

    def test_it_is_a_file_to_be_kept(self) -> None:
        answer = as_csv("audit-2026-11-27", sheet(["id"], []))
        assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-2026-11-27.csv"'
        assert answer.mimetype == "text/csv"


class TestFormulas:
    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
    def test_a_cell_that_would_run_gets_an_apostrophe(self, begin: str) -> None:
        assert harmless(f"{begin}1+1") == f"'{begin}1+1"

    def test_any_other_cell_stays_as_it_is(self) -> None:
        assert harmless("ada@post.example") == "ada@post.example"
