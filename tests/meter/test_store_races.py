"""The meter's contract when many come at once, on every engine: threads, processes, and a race held open."""

import pytest

from paywall.meter.engines import open_store
from paywall.meter.store import MeterStore, NetworkLine
from tests.meter.conftest import SHARED_ENGINES
from tests.meter.contract import MONTH, NewReader, opened_by
from tests.meter.parallel import HeldRows, in_processes, in_threads


class TestManyAtTheSameInstant:
    def test_64_threads_open_exactly_five_articles_of_each_reader(
        self, store: MeterStore, new_reader: NewReader
    ) -> None:
        readers, articles = [new_reader() for _ in range(12)], [f"a{number}" for number in range(64)]
        admitted = in_threads(64, lambda n: [store.admit(reader, articles[n], 5, MONTH).newly for reader in readers])
        assert [sum(of_reader) for of_reader in zip(*admitted, strict=True)] == [5] * 12
        assert [len(opened_by(store, reader, articles)) for reader in readers] == [5] * 12

    def test_twenty_tabs_of_one_article_cost_one_view(self, store: MeterStore, reader: str) -> None:
        admissions = in_threads(20, lambda _: store.admit(reader, "a1", 5, MONTH))
        assert all(admission.opened for admission in admissions)
        assert sum(admission.newly for admission in admissions) == 1
        assert store.peek(reader, "a1", MONTH).views_used == 1

    def test_two_hundred_opens_of_the_last_free_article_grant_one(self, store: MeterStore, reader: str) -> None:
        store.admit(reader, "a0", 2, MONTH)
        admissions = in_threads(200, lambda n: store.admit(reader, f"b{n}", 2, MONTH))
        assert sum(admission.opened for admission in admissions) == 1

    def test_many_tabs_after_sign_in_unite_once(self, store: MeterStore, new_reader: NewReader) -> None:
        visitor, reader = new_reader(), new_reader()
        articles = [f"a{number}" for number in range(8)]
        for article in articles[:4]:
            store.admit(visitor, article, 5, MONTH)

        def tab(number: int) -> None:
            store.unite(visitor, reader, MONTH)
            store.admit(reader, articles[number % 8], 20, MONTH)

        in_threads(16, tab)
        assert opened_by(store, reader, articles) == set(articles)
        assert store.peek(reader, "none", MONTH).views_used == 8

    def test_a_crowd_behind_one_network_stays_within_its_cap(self, store: MeterStore, new_reader: NewReader) -> None:
        line, readers = NetworkLine(new_reader(), cap=7), [new_reader() for _ in range(32)]
        admissions = in_threads(32, lambda n: store.admit(readers[n], f"a{n}", 5, MONTH, network=line))
        assert sum(admission.newly for admission in admissions) == 7

    @pytest.mark.parametrize("store_url", SHARED_ENGINES, indirect=True)
    @pytest.mark.parametrize("opened", ["before the fork", "after the fork"])
    def test_processes_count_together(
        self, store: MeterStore, store_url: str, new_reader: NewReader, opened: str
    ) -> None:
        readers = [new_reader() for _ in range(6)]
        store.admit(readers[0], "from the parent", 5, MONTH)

        def work(process: int) -> list[int]:
            mine = store if opened == "before the fork" else open_store(store_url)
            tried = [[mine.admit(r, f"a{process}-{n}", 5, MONTH).newly for r in readers] for n in range(6)]
            return [sum(of_reader) for of_reader in zip(*tried, strict=True)]

        counts = [sum(of_reader) for of_reader in zip(*in_processes(4, work), strict=True)]
        assert counts == [4, 5, 5, 5, 5, 5]
        assert [store.peek(reader, "", MONTH).views_used for reader in readers] == [5] * 6


class TestSomebodyComesBetween:
    """Between reading a row and writing it, held there: the later one decides again."""

    @pytest.fixture
    def held(self, store: MeterStore) -> HeldRows:
        return HeldRows(store._rows)

    def test_and_takes_the_last_view(self, store: MeterStore, held: HeldRows, reader: str) -> None:
        held.meanwhile = lambda: store.admit(reader, "a1", 1, MONTH)
        late = MeterStore(held).admit(reader, "a2", 1, MONTH)
        assert (late.opened, late.newly, late.views_used) == (False, False, 1)
        assert opened_by(store, reader, ["a1", "a2"]) == {"a1"}

    def test_and_opens_the_same_article(self, store: MeterStore, held: HeldRows, reader: str) -> None:
        held.meanwhile = lambda: store.admit(reader, "a1", 1, MONTH)
        late = MeterStore(held).admit(reader, "a1", 1, MONTH)
        assert (late.opened, late.newly, late.views_used) == (True, False, 1)

    def test_and_reads_while_two_are_united(self, store: MeterStore, held: HeldRows, new_reader: NewReader) -> None:
        visitor, reader = new_reader(), new_reader()
        store.admit(visitor, "a1", 5, MONTH)
        held.meanwhile = lambda: store.admit(reader, "a2", 5, MONTH)
        MeterStore(held).unite(visitor, reader, MONTH)
        assert opened_by(store, reader, ["a1", "a2"]) == {"a1", "a2"}

    def test_and_the_reader_is_forgotten(self, store: MeterStore, held: HeldRows, reader: str) -> None:
        store.admit(reader, "a1", 5, MONTH)
        held.meanwhile = lambda: store.forget(reader)
        assert MeterStore(held).admit(reader, "a2", 5, MONTH).views_used == 1

    def test_and_fills_the_network_line(self, store: MeterStore, held: HeldRows, new_reader: NewReader) -> None:
        line = NetworkLine(new_reader(), cap=1)
        held.meanwhile = lambda: store.admit(new_reader(), "a1", 5, MONTH, network=line)
        assert not MeterStore(held).admit(new_reader(), "a2", 5, MONTH, network=line).opened
