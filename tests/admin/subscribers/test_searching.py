"""The one search box: what is typed there finds the reader it names, and nobody else's."""

import pytest
from sqlalchemy import select

from paywall.admin.subscribers.asking.question import Question
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.admin.subscribers.finding.lines import Line, lines_of
from paywall.admin.subscribers.finding.paging import find_page
from paywall.billing.subscriptions.tables import Subscription
from paywall.readers.tables import Reader
from tests.admin.subscribers.world import CHOICES, NOW, World


def found(world: World, text: str) -> list[Line]:
    with world.database.reading() as session:
        page = find_page(session, Asked(world.publisher_id, Question(text=text, per_page=200), CHOICES, NOW))
        return lines_of(session, world.publisher_id, [place.reader_id for place in page.rows])


def a_subscriber_of(world: World, publisher_id: int) -> tuple[int, str]:
    """Return the id and the subscription of some reader who is there."""
    query = select(Reader.id, Subscription.stripe_id).join(Subscription, Subscription.reader_id == Reader.id)
    which = (Reader.publisher_id == publisher_id, Reader.active, Subscription.is_current)
    with world.database.reading() as session:
        reader_id, stripe_id = session.execute(query.where(*which).limit(1)).one()
    return reader_id, stripe_id


NAMES = ("sub_{0}x0", "cus_{0}", "in_{0}x0", "pi_{0}x0", "NEWS{0}-0000", "news{0}-0000", "#{0}")


class TestNames:
    @pytest.mark.parametrize("name", NAMES)
    def test_whatever_names_a_reader_finds_her(self, world: World, name: str) -> None:
        reader_id, _ = a_subscriber_of(world, world.publisher_id)
        assert [line.reader_id for line in found(world, name.format(reader_id))] == [reader_id]

    @pytest.mark.parametrize("name", NAMES)
    def test_the_neighbours_are_never_found(self, world: World, name: str) -> None:
        reader_id, _ = a_subscriber_of(world, world.neighbour_id)
        assert found(world, name.format(reader_id)) == []

    @pytest.mark.parametrize("name", ["sub_", "cus_%", "in__", "pi_nobody", "NEWS", "#0", "#999999999999999999", "#x"])
    def test_a_name_that_is_nobodys_finds_nobody(self, world: World, name: str) -> None:
        assert found(world, name) == []


class TestAddresses:
    def test_the_case_of_what_is_typed_does_not_matter(self, world: World) -> None:
        lower, upper = found(world, "ada"), found(world, "ADA")
        assert lower == upper
        assert {line.email[:3] for line in lower} == {"ada", "Ada"}

    @pytest.mark.parametrize("beginning", ["a%", "a_", "a\\", "'", "="])
    def test_what_sql_takes_for_signs_is_only_letters_here(self, world: World, beginning: str) -> None:
        lines = found(world, beginning)
        assert lines
        assert all(line.email.startswith(beginning) for line in lines)

    def test_an_address_that_begins_with_nothing_typed_finds_nobody(self, world: World) -> None:
        assert found(world, "%") == found(world, "_") == found(world, "'; drop table readers; -- ") == []

    def test_whoever_was_erased_is_not_found(self, world: World) -> None:
        with world.database.reading() as session:
            gone = session.scalars(select(Reader).where(~Reader.active).limit(1)).one()
        assert found(world, gone.email_normalized) == found(world, f"#{gone.id}") == []
