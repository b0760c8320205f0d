"""The ways in, in small: `python -m tests.proof.ways.ways_in` and `…outage` run in full."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.proof.ways import outage, promises, ways_in
from tests.proof.ways.newspaper import Newspaper, newspaper
from tests.proof.ways.outage import Plan, database_away, service_away
from tests.proof.ways.ways import WAYS, count_lines, named, served
from tests.proof.ways.ways_in import look

A_MOMENT = Plan(seconds=1.5, before=0, after=0.5, payers=2, every=0.15)
BROKEN = [
    replace(named("remote")[0], name="always-open", target="tests.proof.ways.broken:always_open"),
    replace(named("authorize")[0], name="asks-nobody", spoilt=(("        auth_request /_paywall/authorize;\n", ""),)),
]


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newspaper]:
    """A newspaper with every way in served, and two that are done wrong."""
    every = [*WAYS, outage.CONTENT, *BROKEN]
    folder = tmp_path_factory.mktemp("ways")
    with newspaper(folder, [way.name for way in every]) as made, served(made, every):
        yield made


class TestEveryWayIn:
    def test_shows_the_canary_to_the_entitled_reader_alone(self, paper: Newspaper) -> None:
        rows = look(paper, every=40, waits=False)
        assert [row.title for row in rows] == [way.title for way in WAYS]
        assert all(row.is_good and row.surfaces > 300 for row in rows), ways_in.table(rows)

    def test_is_found_out_where_it_is_done_wrong(self, paper: Newspaper) -> None:
        for row in look(paper, BROKEN, every=40, waits=False):
            assert row.opened == row.pages
            told = "\n".join(row.leaks)
            for who in ("visitor", "visitor, allowance spent", "reader who was refunded"):
                assert f"LEAK by way of {row.title} to {who}: GET /articles/subscribers-0: subscribers-0" in told


class TestWhileTheServiceIsAway:
    def test_payers_read_on_where_the_guide_says_so_even_when_keys_fall_due(self, paper: Newspaper) -> None:
        lines = service_away(paper, outage.WAYS, A_MOMENT)
        assert all(line.is_good for line in lines), promises.table(lines, A_MOMENT.seconds)
        for line in lines:
            if not line.reads_on:  # had it been promised, it would have been broken
                assert not replace(line, reads_on=True).is_good


class TestWhileTheDatabaseIsAway:
    @pytest.mark.postgres
    def test_payers_read_on_in_the_same_process(self) -> None:
        (line,) = database_away(A_MOMENT)
        assert line.is_good, promises.table([line], A_MOMENT.seconds)


class TestTheLinesToWrite:
    def test_are_counted_in_the_guides(self) -> None:
        assert count_lines("import a\nfrom b import c\n\n# why\nx = a(\n    1,\n)\n") == "3 + 2 imports"
        assert [way.lines for way in named("local", "remote")] == ["1 + 1 import", "2 + 2 imports"]
