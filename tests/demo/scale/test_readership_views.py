"""The made-up views are such as the meter would have let happen: a replay under the same allowance finds them so."""

from datetime import UTC, datetime
from itertools import groupby

from paywall.demo.scale.people.readership import Made, view_tuples
from paywall.demo.scale.size import Size
from paywall.publishers.rules import Profile
from paywall.readership.holders import MOST
from paywall.readership.replaying.asking import rule_of
from paywall.readership.replaying.rules import Tally, View, Windows, add_holder

SIZE = Size(900, 700, 4000, 5, datetime(2026, 11, 20, 6, tzinfo=UTC))
ARTICLES = list(range(1, 21))


class TestViewTuples:
    def test_they_are_as_many_as_asked_for_and_what_the_meter_says(self, publisher: Profile) -> None:
        made, meter = Made(), publisher.default_meter
        rows = list(view_tuples(SIZE, publisher, ARTICLES, made))
        visitors, readers, windows = Tally(), Tally(), Windows(rule_of(publisher, meter))
        for _, of_one in groupby(rows, key=lambda row: row[2]):
            mine = list(of_one)
            views = [View(row[7], row[4], row[5]) for row in mine]
            tally = readers if mine[0][3] else visitors
            add_holder(tally, views, is_reader=mine[0][3], windows=windows, since=0)
        assert (len(rows), visitors.views + readers.views) == (4000, 4000)
        assert visitors.walls == visitors.walls_with(meter.visitor_allowance) > 0
        assert readers.walls == readers.walls_with(meter.reader_allowance) > 0
        assert all(0 < row[2] < MOST for row in rows)
        assert made.walls.total() == visitors.walls + readers.walls

    def test_the_same_seed_makes_the_same(self, publisher: Profile) -> None:
        assert list(view_tuples(SIZE, publisher, ARTICLES, Made())) == list(
            view_tuples(SIZE, publisher, ARTICLES, Made())
        )
