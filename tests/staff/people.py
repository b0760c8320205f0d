"""People at two newspapers, and what they do in a browser."""

import re
from dataclasses import dataclass
from datetime import timedelta

from werkzeug.test import TestResponse

from paywall import clock
from paywall.app import Product
from paywall.audit import AuditEntry
from paywall.publishers.profiles import choose
from paywall.readers.finding import find_reader
from paywall.staff.acts import new_act
from paywall.staff.finding import staff_of
from paywall.staff.joining import add_staff
from paywall.staff.rules import Role, Staff
from paywall.staff.sealing import Chest
from paywall.staff.second_factor import set_up
from paywall.staff.tables import StaffMember
from paywall.staff.totp import code_at, new_secret
from tests.readers.browser import Browser

KEY = "0123456789abcdef" * 2


@dataclass
class Person:
    """Somebody in front of a browser, signed in by password."""

    product: Product
    browser: Browser
    email: str
    publisher_id: int
    secret: str = ""

    @property
    def staff(self) -> Staff:
        with self.product.database.reading() as session:
            staff = staff_of(session, self.publisher_id, find_reader(session, self.publisher_id, self.email).id)
        assert staff
        return staff

    @property
    def reader_id(self) -> int:
        with self.product.database.reading() as session:
            return find_reader(session, self.publisher_id, self.email).id

    def join(self, role: Role) -> Staff:
        with self.product.database.writing() as session:
            reader = find_reader(session, self.publisher_id, self.email)
            return add_staff(session, self.publisher_id, reader.id, role, actor="test")

    def set_up(self) -> list[str]:
        """Set the second factor up some minutes ago; returns the recovery codes."""
        self.secret, before, chest = new_secret(), clock.wall() - timedelta(minutes=5), Chest(KEY, self.staff)
        with self.product.database.writing() as session:
            return set_up(session, chest, chest.put_away(self.secret), code_at(self.secret, before), before)

    def code(self) -> str:
        return code_at(self.secret, clock.wall())

    def show(self, code: str | None = None, **fields: str) -> TestResponse:
        return self.act("/admin/second-factor", {"code": code or self.code(), **fields})

    def act(self, path: str, fields: dict[str, str] | None = None) -> TestResponse:
        """Send a form with a token of its own."""
        return self.browser.post(path, {"act": new_act(), **(fields or {})})

    def password_was_given(self, minutes_ago: float) -> None:
        """Have every sign-in begun so long ago."""
        from sqlalchemy import update  # noqa: PLC0415

        from paywall.readers.tables import SignIn  # noqa: PLC0415
        from paywall.staff.tables import Proof  # noqa: PLC0415

        at = clock.wall() - timedelta(minutes=minutes_ago)
        with self.product.database.writing() as session:
            session.execute(update(SignIn).values(created_at=at))
            session.execute(update(Proof).values(password_at=None))


def person(product: Product, email: str, slug: str = "news") -> Person:
    """Return somebody with an account, signed in."""
    browser = Browser(product.flask, f"{slug}.test")
    browser.sign_up(email)
    return Person(product, browser, email, choose(product.database, slug).id)


def member(product: Product, role: Role, email: str = "", slug: str = "news") -> Person:
    """Return a member of staff, signed in, the second factor set up and shown."""
    somebody = person(product, email or f"{role}@example.com", slug)
    somebody.join(role)
    if role.needs_second_factor:
        somebody.set_up()
        assert somebody.show().status_code == 303
    return somebody


def deeds(product: Product, action: str) -> list[AuditEntry]:
    """Return the rows of the audit about one kind of deed."""
    with product.database.reading() as session:
        return [one for one in session.query(AuditEntry).order_by(AuditEntry.id) if one.action == action]


def stored(product: Product, email: str) -> StaffMember | None:
    """Return the row of a member of The News."""
    with product.database.reading() as session:
        publisher_id = choose(product.database, "news").id
        reader = find_reader(session, publisher_id, email)
        return session.query(StaffMember).filter_by(reader_id=reader.id).first()


def code_in(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
