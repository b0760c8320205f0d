"""Joining and leaving the staff, on either database."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from paywall.app import Product
from paywall.errors import NotFound
from paywall.readers.finding import find_reader
from paywall.staff.joining import LastAdmin, change_role, remove_staff
from paywall.staff.rules import Role
from tests.staff.people import Person, deeds, person, stored


def reads_all(somebody: Person) -> bool:
    with somebody.product.database.reading() as session:
        return find_reader(session, somebody.publisher_id, somebody.email).is_staff


class TestJoining:
    def test_a_member_reads_everything_and_a_reader_no_more(self, product: Product) -> None:
        one = person(product, "one@example.com")
        staff = one.join(Role.VIEWER)
        assert reads_all(one)
        with product.database.writing() as session:
            remove_staff(session, one.publisher_id, staff.member_id, actor="test")
        assert not reads_all(one)
        assert stored(product, one.email) is None
        assert [len(deeds(product, action)) for action in ("staff_added", "staff_removed")] == [1, 1]

    def test_joining_twice_changes_the_role_and_the_same_role_nothing(self, product: Product) -> None:
        one = person(product, "one@example.com")
        one.join(Role.VIEWER)
        one.join(Role.SUPPORT)
        one.join(Role.SUPPORT)
        assert one.staff.role is Role.SUPPORT
        assert [deed.detail for deed in deeds(product, "staff_role_changed")] == [
            {"before": "viewer", "after": "support"}
        ]

    def test_another_newspaper_finds_nobody(self, product: Product) -> None:
        staff = person(product, "one@example.com")
        number = staff.join(Role.VIEWER).member_id
        other = person(product, "other@example.com", "other")
        with pytest.raises(NotFound), product.database.writing() as session:
            remove_staff(session, other.publisher_id, number, actor="test")


class TestTheLastAdmin:
    def test_it_is_neither_removed_nor_demoted(self, product: Product) -> None:
        one = person(product, "one@example.com")
        number = one.join(Role.ADMIN).member_id
        with pytest.raises(LastAdmin), product.database.writing() as session:
            remove_staff(session, one.publisher_id, number, actor="test")
        with pytest.raises(LastAdmin), product.database.writing() as session:
            change_role(session, one.publisher_id, number, Role.SUPPORT, actor="test")
        assert one.staff.role is Role.ADMIN

    def test_two_who_demote_each_other_at_once_leave_one(self, product: Product) -> None:
        people = [person(product, f"{name}@example.com") for name in ("one", "two")]
        numbers = [one.join(Role.ADMIN).member_id for one in people]

        def demote(number: int) -> bool:
            try:
                with product.database.writing() as session:
                    change_role(session, people[0].publisher_id, number, Role.VIEWER, actor="test")
            except LastAdmin:
                return False
            return True

        with ThreadPoolExecutor(2) as crowd:
            assert sorted(crowd.map(demote, numbers)) == [False, True]
        assert sorted(one.staff.role for one in people) == [Role.ADMIN, Role.VIEWER]
