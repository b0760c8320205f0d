"""Accounts that are shared: found by the places for a browser being taken anew, for no more than five are."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from paywall import clock
from paywall.app import Product
from paywall.readers.crowding import WITHIN, crowded_accounts, is_crowded
from paywall.readers.sign_ins import start
from paywall.readers.tables import Reader, SignIn


@pytest.fixture
def reader_id(product: Product) -> int:
    with product.database.writing() as session:
        names = {"email": "a@e.co", "email_normalized": "a@e.co", "fs_uniquifier": "a"}
        reader = Reader(publisher_id=1, created_at=clock.wall(), **names)
        session.add(reader)
        session.flush()
        return reader.id


def sign_in(product: Product, reader_id: int, times: int) -> None:
    for _ in range(times):
        with product.database.writing() as session:
            start(session, reader_id, "a browser")


def is_suspected(product: Product, reader_id: int) -> bool:
    now = clock.wall()
    with product.database.reading() as session:
        found = session.scalars(crowded_accounts(now)).all()
        asked = session.scalars(select(Reader.id).where(is_crowded(Reader.id, now))).all()
    assert found == asked
    return reader_id in found


class TestAnAccountThatEightPeopleShareIsNeverSuspectedSinceOnlyFiveMayBeSignedIn:
    def test_it_is_by_all_five_places_being_new(self, product: Product, reader_id: int) -> None:
        sign_in(product, reader_id, 8)
        assert is_suspected(product, reader_id)

    def test_nobody_is_for_four_browsers_of_her_own(self, product: Product, reader_id: int) -> None:
        sign_in(product, reader_id, 4)
        assert not is_suspected(product, reader_id)

    def test_nobody_is_who_has_kept_one_for_longer(self, product: Product, reader_id: int) -> None:
        sign_in(product, reader_id, 1)
        with product.database.writing() as session:
            session.execute(update(SignIn).values(created_at=clock.wall() - WITHIN - timedelta(minutes=1)))
        sign_in(product, reader_id, 4)
        assert not is_suspected(product, reader_id)
        sign_in(product, reader_id, 1)
        assert is_suspected(product, reader_id)
