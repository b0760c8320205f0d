"""Each change of access is noted once, in the transaction that caused it, numbered for its reader."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.database import Database
from paywall.entitlements.comps import give_comp
from paywall.entitlements.extending import extend
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.history.ending import note_ends
from paywall.entitlements.rules import Source, Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.rules import Profile
from tests.billing.stripe_world import add_reader
from tests.telling.newspaper import DAY, Newspaper, right


@pytest.fixture
def newspaper(database: Database, publisher: Profile) -> Newspaper:
    return Newspaper(database, publisher.id, add_reader(database, publisher.id, "reader@example.org"))


def in_threads(count: int, run: Callable[[int], object]) -> None:
    """Run something in so many threads at once; what one raises is raised."""
    errors: list[BaseException] = []
    together = threading.Barrier(count)

    def guarded(number: int) -> None:
        together.wait()
        try:
            run(number)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


class TestTheHistory:
    def test_lives_and_dies_with_what_caused_it(self, newspaper: Newspaper) -> None:
        with pytest.raises(ZeroDivisionError), newspaper.database.writing() as session:
            set_entitlement(session, Grant(newspaper.publisher_id, right(newspaper.reader_id)))
            raise ZeroDivisionError
        assert newspaper.events() == []
        newspaper.give()
        assert newspaper.turns() == ["granted"]

    def test_does_not_grow_by_what_changes_nothing(self, newspaper: Newspaper) -> None:
        until = clock.now() + 30 * DAY
        for _ in range(3):
            newspaper.give(valid_until=until)
        assert newspaper.turns() == ["granted"]

    def test_tells_a_whole_life(self, newspaper: Newspaper) -> None:
        until = clock.now() + 30 * DAY
        newspaper.give(valid_until=until)
        newspaper.give(valid_until=until + 30 * DAY)
        newspaper.give(valid_until=until + 30 * DAY, standing=Standing.PAID_THROUGH)
        newspaper.give(valid_until=until + 30 * DAY, suspended=True)
        newspaper.give(valid_until=until + 30 * DAY)
        newspaper.take_back()
        newspaper.take_back()
        assert newspaper.turns() == ["granted", "changed", "changed", "suspended", "restored", "ended"]
        assert [event.sequence for event in newspaper.events()] == [1, 2, 3, 4, 5, 6]
        assert [event.has_access for event in newspaper.events()] == [True, True, True, False, True, False]

    def test_knows_that_another_right_still_lets_the_reader_in(self, newspaper: Newspaper) -> None:
        newspaper.give("sub_1", valid_until=clock.now() + 5 * DAY)
        newspaper.give("sub_2")
        newspaper.take_back("sub_2")
        newspaper.take_back("sub_1")
        events = newspaper.events()
        assert [event.has_access for event in events] == [True, True, True, False]
        assert events[2].access_until == events[0].valid_until
        assert events[3].access_until is None

    def test_of_a_right_that_goes_to_another_reader_has_an_end_and_a_beginning(self, newspaper: Newspaper) -> None:
        other = add_reader(newspaper.database, newspaper.publisher_id, "other@example.org")
        newspaper.give()
        newspaper.give(reader_id=other)
        told = [(event.reader_id, event.turn, event.sequence) for event in newspaper.events()]
        mine = newspaper.reader_id
        assert told == [(mine, "access.granted", 1), (mine, "access.ended", 2), (other, "access.granted", 1)]

    def test_has_a_comp_in_it(self, newspaper: Newspaper) -> None:
        with newspaper.database.writing() as session:
            give_comp(session, newspaper.publisher_id, newspaper.reader_id, days=7, reason="Sorry", actor="test")
        [event] = newspaper.events()
        assert (event.turn, event.source, event.standing) == ("access.granted", "comp", "comp")

    def test_has_rights_in_it_that_were_carried_over(self, newspaper: Newspaper) -> None:
        paid = clock.now() + timedelta(hours=1)
        newspaper.give(paid_through_at=paid, valid_until=paid + DAY)
        with newspaper.database.writing() as session:
            ids = select(EntitlementRow.source_id).where(EntitlementRow.source == Source.SUBSCRIPTION.value)
            extended = extend(session, ids, paid + timedelta(hours=1), DAY, 3 * DAY)
        assert len(extended) == 1
        assert newspaper.turns() == ["granted", "changed"]
        assert newspaper.events()[1].valid_until == paid + 3 * DAY

    def test_numbers_what_comes_at_once_without_a_gap(self, newspaper: Newspaper) -> None:
        in_threads(8, lambda number: newspaper.give(f"sub_{number}"))
        assert [event.sequence for event in newspaper.events()] == list(range(1, 9))


class TestAnEndByTimeAlone:
    def expired(self, newspaper: Newspaper, **more: Any) -> None:
        newspaper.give(valid_until=clock.now() + DAY, **more)

    def test_is_noted_once_however_many_look(self, newspaper: Newspaper) -> None:
        self.expired(newspaper)
        later = clock.now() + 2 * DAY
        in_threads(8, lambda _number: note_ends(newspaper.database, later))
        assert newspaper.turns() == ["granted", "ended"]
        granted, ended = newspaper.events()
        assert ended.occurred_at == granted.valid_until
        assert (ended.has_access, ended.standing) == (False, "subscribed")

    def test_is_not_noted_before(self, newspaper: Newspaper) -> None:
        self.expired(newspaper)
        assert note_ends(newspaper.database, clock.now()) == 0

    def test_of_many_is_noted_for_each(self, newspaper: Newspaper) -> None:
        for number in range(5):
            self.expired(newspaper, source_id=f"sub_{number}")
        assert note_ends(newspaper.database, clock.now() + 2 * DAY) == 5
        assert [event.has_access for event in newspaper.events()][-1] is False

    def test_of_a_suspended_right_is_an_end_too(self, newspaper: Newspaper) -> None:
        self.expired(newspaper, suspended=True)
        note_ends(newspaper.database, clock.now() + 2 * DAY)
        assert newspaper.turns() == ["suspended", "ended"]

    def test_comes_before_what_follows_it(self, newspaper: Newspaper, monkeypatch: pytest.MonkeyPatch) -> None:
        """The renewal comes late: nobody had looked in the meantime."""
        self.expired(newspaper)
        monkeypatch.setattr(clock, "_offset", 2 * DAY)
        newspaper.give()
        assert newspaper.turns() == ["granted", "ended", "granted"]
        assert note_ends(newspaper.database, clock.now()) == 0

    def test_of_a_right_that_never_was_is_no_news(self, newspaper: Newspaper) -> None:
        newspaper.give(valid_until=clock.now() - DAY)
        assert note_ends(newspaper.database, clock.now()) == 0
        assert newspaper.events() == []

    def test_of_what_was_taken_back_is_no_news(self, newspaper: Newspaper) -> None:
        newspaper.give()
        newspaper.take_back()
        assert note_ends(newspaper.database, clock.now() + 40 * DAY) == 0
        assert newspaper.turns() == ["granted", "ended"]

    def test_races_with_a_renewal_and_nothing_is_told_twice(
        self, newspaper: Newspaper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.expired(newspaper)
        monkeypatch.setattr(clock, "_offset", 2 * DAY)
        until = clock.now() + 30 * DAY

        def run(number: int) -> None:
            if number % 2:
                note_ends(newspaper.database, clock.now())
            else:
                newspaper.give(valid_until=until)

        in_threads(8, run)
        assert newspaper.turns() == ["granted", "ended", "granted"]
