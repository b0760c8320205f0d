"""The product with two newspapers whose rules are as they were when they were set up."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from paywall import changes
from paywall.app import Product
from paywall.changes import ChangeKind
from paywall.publishers.tables import Meter, Publisher, Section
from paywall.staff.rules import Role
from tests.admin.heard import hear_all
from tests.readers.conftest import product as whole_product
from tests.staff.people import Person, member

__all__ = ["whole_product"]


@pytest.fixture
def product(whole_product: Product) -> Iterator[Product]:
    yield whole_product
    with whole_product.database.writing() as session:
        set_back(session)
        for publisher_id in session.scalars(select(Publisher.id)):
            changes.record(session, publisher_id, ChangeKind.PUBLISHER, publisher_id)
    hear_all(whole_product)


@pytest.fixture
def admin(product: Product) -> Person:
    return member(product, Role.ADMIN)


def set_back(session: Session) -> None:
    session.execute(delete(Section))
    session.execute(delete(Meter).where(Meter.is_default.is_(False)))
    meter = {"visitor_allowance": 5, "reader_allowance": 10, "window_kind": "month", "rolling_days": None}
    session.execute(update(Meter).values(name="default", **meter))
    words = {
        "invitation_headline": "Support independent journalism",
        "invitation_text": "Subscribe by the month for full digital access.",
        "invitation_button": "Subscribe",
    }
    wall = {"registration_wall": False, "wall_lifted_until": None, "network_cap_factor": 20, "preview_words": 100}
    session.execute(update(Publisher).values(timezone="UTC", crawlers={}, **words, **wall))
