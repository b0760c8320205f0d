"""Giving comps, extending, ending comps, signing out."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from paywall import clock
from paywall.admin.acting.knowing import Known, known_reader
from paywall.admin.acting.offering import offered
from paywall.app import Product
from paywall.audit import AuditEntry
from paywall.entitlements.comps import give_comp
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.rules import Entitlement
from paywall.publishers.profiles import choose
from paywall.readers.devices import devices
from paywall.staff.rules import Role
from tests.admin.acting.twice import send_at_once
from tests.staff.people import Person, member, person

WHY = "Her paper got wet"


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


@pytest.fixture
def reader(product: Product) -> Person:
    return person(product, "leyla@example.com")


@pytest.fixture
def path(reader: Person) -> Callable[[str], str]:
    return lambda act: f"/admin/subscribers/{reader.reader_id}/{act}"


def rights(reader: Person) -> list[Entitlement]:
    with reader.product.database.reading() as session:
        return sorted(entitlements_of(session, reader.reader_id), key=lambda one: one.valid_until)


def given(reader: Person, days: int) -> Entitlement:
    with reader.product.database.writing() as session:
        return give_comp(session, reader.publisher_id, reader.reader_id, days=days, reason=WHY, actor="test")


def acts_on(reader: Person) -> list[AuditEntry]:
    """Return what the audit has of what members of staff did to a reader."""
    with reader.product.database.reading() as session:
        rows = session.query(AuditEntry).filter_by(subject=f"reader:{reader.reader_id}").order_by(AuditEntry.id)
        return [one for one in rows if one.actor.startswith("staff:")]


def known(reader: Person) -> Known:
    with reader.product.database.reading() as session:
        profile = choose(reader.product.database, "news")
        return known_reader(session, profile, reader.reader_id, clock.now())


def why_not(reader: Person) -> dict[str, str]:
    return {one.path.rsplit("/", 1)[1]: one.why_not for one in offered(known(reader))}


class TestAComp:
    def test_it_says_what_will_happen_and_changes_nothing_yet(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        page = support.browser.get(path("comp")).text
        assert "leyla@example.com reads everything at once" in page
        assert rights(reader) == []

    def test_it_lets_the_reader_in_and_is_noted_with_its_reason(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        answer = support.act(path("comp"), {"days": "30", "reason": WHY})
        assert (answer.status_code, answer.location) == (303, f"/admin/subscribers/{reader.reader_id}")
        [comp], [deed] = rights(reader), acts_on(reader)
        assert comp.valid_until - clock.now() > timedelta(days=29)
        assert (deed.action, deed.detail["reason"]) == ("comp_given", WHY)
        assert deed.detail["after"] == comp.valid_until.isoformat()

    def test_sent_from_several_tabs_at_once_it_is_given_once(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        assert set(send_at_once(support, path("comp"), {"days": "30", "reason": WHY})) == {303}
        assert (len(rights(reader)), len(acts_on(reader))) == (1, 1)

    @pytest.mark.parametrize(
        ("blank", "value"),
        [
            *(("days", value) for value in ("", "0", "3661", "1_0", "１２", "-1")),
            *(("reason", value) for value in ("", " ", "a\nb", "x" * 501, "a\u202eb")),
        ],
    )
    def test_a_blank_that_is_filled_in_wrongly_is_named(
        self, support: Person, reader: Person, path: Callable[[str], str], blank: str, value: str
    ) -> None:
        answer = support.act(path("comp"), {"days": "30", "reason": WHY, blank: value})
        assert (answer.status_code, f'id="{blank}-error"' in answer.text) == (422, True)
        assert (rights(reader), acts_on(reader)) == ([], [])

    @pytest.mark.parametrize("number", [10**23, 999_999])
    def test_of_nobody_there_is_no_page(self, support: Person, number: int) -> None:
        assert support.browser.get(f"/admin/subscribers/{number}/comp").status_code == 404

    def test_the_reader_of_another_newspaper_is_nobody_here(self, product: Product, support: Person) -> None:
        stranger = person(product, "stranger@example.com", "other")
        answer = support.act(f"/admin/subscribers/{stranger.reader_id}/comp", {"days": "30", "reason": WHY})
        assert (answer.status_code, rights(stranger)) == (404, [])


class TestExtending:
    def test_the_days_follow_on_what_is_there(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        before = given(reader, 10)
        assert support.act(path("extend"), {"days": "7", "reason": WHY}).status_code == 303
        assert rights(reader)[-1].valid_until == before.valid_until + timedelta(days=7)
        [deed] = acts_on(reader)
        assert (deed.action, deed.detail["before"]) == ("access_extended", before.valid_until.isoformat())

    def test_sent_from_several_tabs_at_once_it_is_done_once(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        before = given(reader, 10)
        assert set(send_at_once(support, path("extend"), {"days": "7", "reason": WHY})) == {303}
        assert rights(reader)[-1].valid_until == before.valid_until + timedelta(days=7)
        assert (len(rights(reader)), len(acts_on(reader))) == (2, 1)

    def test_with_nothing_to_extend_it_is_not_offered_and_not_done(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        assert "give a comp instead" in why_not(reader)["extend"]
        assert support.browser.get(path("extend")).status_code == 409
        assert support.act(path("extend"), {"days": "7", "reason": WHY}).status_code == 409


class TestEndingAComp:
    def test_it_ends_at_once_and_alone(self, support: Person, reader: Person, path: Callable[[str], str]) -> None:
        first, other = given(reader, 10), given(reader, 20)
        assert support.act(path("end-comp"), {"comp": first.source_id, "reason": WHY}).status_code == 303
        assert [one.source_id for one in known(reader).open_comps] == [other.source_id]
        [deed] = acts_on(reader)
        assert (deed.action, deed.detail["comp"]) == ("comp_ended", first.source_id)

    def test_sent_from_several_tabs_at_once_it_ends_once(
        self, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        comp, _ = given(reader, 10), given(reader, 20)
        send_at_once(support, path("end-comp"), {"comp": comp.source_id, "reason": WHY})
        assert (len(known(reader).open_comps), len(acts_on(reader))) == (1, 1)

    def test_what_another_reader_has_stays(
        self, product: Product, support: Person, reader: Person, path: Callable[[str], str]
    ) -> None:
        other = person(product, "other@example.com")
        given(reader, 10)
        theirs = given(other, 10)
        answer = support.act(path("end-comp"), {"comp": theirs.source_id, "reason": WHY})
        assert (answer.status_code, len(known(other).open_comps)) == (404, 1)


class TestSigningOut:
    def test_it_ends_every_sign_in_once(self, support: Person, reader: Person, path: Callable[[str], str]) -> None:
        assert "signed in on one device" in support.browser.get(path("sign-out")).text
        assert set(send_at_once(support, path("sign-out"), {})) == {303}
        assert not reader.browser.is_signed_in()
        with reader.product.database.reading() as session:
            assert devices(session, reader.reader_id) == []
        [deed] = acts_on(reader)
        assert (deed.action, deed.detail) == ("signed_out_everywhere", {"before": 1, "after": 0})


class TestRoles:
    def test_a_viewer_is_told_who_can(self, product: Product, reader: Person, path: Callable[[str], str]) -> None:
        viewer = member(product, Role.VIEWER)
        assert viewer.act(path("comp"), {"days": "30", "reason": WHY}).status_code == 403
        assert rights(reader) == []
