"""The second factor: set up by its first code, asked once in each sign-in; a code counts once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.app import Product
from paywall.staff.rules import Role
from paywall.staff.sealing import Chest
from paywall.staff.second_factor import is_shown
from paywall.staff.tables import RecoveryCode, StaffMember
from paywall.staff.totp import code_at
from tests.staff.people import Person, code_in, deeds, person

ASK = "/admin/second-factor"


@pytest.fixture
def ada(product: Product) -> Person:
    """An admin who has not set up a second factor yet."""
    somebody = person(product, "ada@example.com")
    somebody.join(Role.ADMIN)
    return somebody


def key_on(page: str) -> str:
    found = re.search(r'id="key">([^<]+)<', page)
    assert found
    return found[1].replace(" ", "")


def code(secret: str, steps: int = 0) -> str:
    """Return the code that a phone shows, `steps` codes from now."""
    return code_at(secret, clock.wall() + timedelta(seconds=30 * steps))


def sets_up(somebody: Person) -> tuple[str, list[str]]:
    """Set up a second factor on its page; return the secret and the recovery codes."""
    offer = somebody.browser.get(ASK).text
    fields = {"offered": code_in(offer, "offered"), "code": code(key_on(offer))}
    done = somebody.act(f"{ASK}/set-up", fields)
    assert done.status_code == 200
    return key_on(offer), re.findall(r'<li class="code">([^<]+)</li>', done.text)


class TestSettingUp:
    def test_happens_at_the_first_visit_and_gives_ten_recovery_codes_once(self, ada: Person) -> None:
        assert ada.browser.get("/admin").location == f"{ASK}?next=/admin"
        _, codes = sets_up(ada)
        assert len(set(codes)) == 10
        assert ada.browser.get("/admin").status_code == 200
        assert not any(one in ada.browser.get("/admin/me").text for one in codes)

    def test_with_a_wrong_code_offers_the_same_key_again(self, ada: Person, product: Product) -> None:
        offer = ada.browser.get(ASK).text
        again = ada.act(f"{ASK}/set-up", {"offered": code_in(offer, "offered"), "code": "abcdef"})
        assert (again.status_code, key_on(again.text)) == (422, key_on(offer))
        assert deeds(product, "second_factor_set_up") == []

    def test_takes_no_key_that_was_offered_to_somebody_else(self, ada: Person, product: Product) -> None:
        eve = person(product, "eve@example.com")
        eve.join(Role.ADMIN)
        offer = eve.browser.get(ASK).text
        fields = {"offered": code_in(offer, "offered"), "code": code(key_on(offer))}
        assert ada.act(f"{ASK}/set-up", fields).status_code == 422

    def test_twice_is_refused_and_the_first_stays(self, ada: Person) -> None:
        offer = ada.browser.get(ASK).text
        sets_up(ada)
        fields = {"offered": code_in(offer, "offered"), "code": code(key_on(offer))}
        assert ada.act(f"{ASK}/set-up", fields).status_code == 409

    def test_keeps_neither_the_key_nor_the_codes_readable(self, ada: Person, product: Product) -> None:
        secret, codes = sets_up(ada)
        with product.database.reading() as session:
            kept = str(session.scalars(select(StaffMember.totp_sealed)).all())
            kept += str(session.scalars(select(RecoveryCode.digest)).all())
        assert not any(one in kept for one in (secret, *codes))


class TestSigningInAgain:
    def test_asks_for_the_code_and_leads_back(self, ada: Person) -> None:
        secret, _ = sets_up(ada)
        ada.browser.post("/logout")
        ada.browser.log_in(ada.email)
        assert ada.browser.get("/admin/staff").location == f"{ASK}?next=/admin/staff"
        shown = ada.show(code(secret, 1), next="/admin/staff")
        assert (shown.status_code, shown.location) == (303, "/admin/staff")
        assert ada.browser.get("/admin/staff").status_code == 200

    def test_takes_no_code_a_second_time(self, ada: Person) -> None:
        secret, _ = sets_up(ada)
        following = code(secret, 1)
        assert [ada.show(following).status_code for _ in range(2)] == [303, 422]

    def test_takes_a_recovery_code_once_however_it_is_typed(self, ada: Person) -> None:
        _, codes = sets_up(ada)
        typed = codes[0].replace("-", " ").upper()
        assert [ada.show(typed).status_code for _ in range(2)] == [303, 422]

    def test_slows_down_whoever_guesses(self, ada: Person) -> None:
        sets_up(ada)
        assert [ada.show("wrong").status_code for _ in range(11)][-2:] == [429, 429]

    def test_with_another_deployments_secret_opens_nothing(self, ada: Person, product: Product) -> None:
        secret, codes = sets_up(ada)
        chest = Chest("another secret of a deployment..", ada.staff)
        with product.database.writing() as session:
            assert not is_shown(session, chest, code(secret, 1), clock.wall())
            assert not is_shown(session, chest, codes[0], clock.wall())
