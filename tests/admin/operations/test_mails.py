"""The outbox: what is in which pile, and trying again without sending twice."""

import re
from datetime import timedelta
from typing import Any

import pytest

from paywall import clock
from paywall.app import Product
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.operations.things import HOUR, mail, stored_mail
from tests.staff.people import Person, deeds, member

HERE = "/admin/operations/mails"


def listed(somebody: Person, query: str) -> list[str]:
    page = somebody.browser.get(f"{HERE}?{query}").text
    return re.findall(r'<th scope="row" dir="auto">Subject (\w+)</th>', page)


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


def failed(product: Product, cause: str, **more: Any) -> int:
    return mail(product, cause, **{"last_error": "refused", "due_at": clock.wall() + HOUR, **more})


class TestThePiles:
    def test_each_has_its_own(self, product: Product, support: Person) -> None:
        now = clock.wall()
        mail(product, "waiting")
        failed(product, "failed")
        mail(product, "lost", given_up_at=now, last_error="refused")
        mail(product, "back", withdrawn_at=now)
        mail(product, "sent", sent_at=now)
        piles = {"waiting": ["failed", "waiting"], "failing": ["failed"], "given up": ["lost"]}
        piles |= {"withdrawn": ["back"], "sent": ["sent"]}
        assert {pile: listed(support, f"pile={pile}") for pile in piles} == piles
        assert listed(support, "")[:5] == ["sent", "back", "lost", "failed", "waiting"]

    def test_another_newspapers_mails_are_not_in_it(self, product: Product, support: Person) -> None:
        theirs = failed(product, "theirs", slug="other")
        assert listed(support, "pile=failing") == []
        support.act(f"{HERE}/{theirs}/again")
        assert stored_mail(product, theirs).due_at > clock.wall() + HOUR / 2


class TestTryingAgain:
    @pytest.mark.parametrize("is_given_up", [False, True])
    def test_what_failed_or_was_given_up_goes_out_now_once(
        self, product: Product, support: Person, *, is_given_up: bool
    ) -> None:
        number = failed(product, "failed", given_up_at=clock.wall() if is_given_up else None)
        assert set(send_at_once(support, f"{HERE}/{number}/again", {})) == {303}
        found = stored_mail(product, number)
        assert found.due_at <= clock.wall()
        assert found.given_up_at is None
        [deed] = deeds(product, "mails_tried_again")
        assert (deed.subject, deed.detail) == (f"mail:{number}", {"mails": 1})

    @pytest.mark.parametrize("column", ["sent_at", "withdrawn_at"])
    def test_what_is_over_stays_over(self, product: Product, support: Person, column: str) -> None:
        number = failed(product, "over", **{column: clock.wall()})
        support.act(f"{HERE}/{number}/again")
        assert stored_mail(product, number).due_at > clock.wall()
        assert deeds(product, "mails_tried_again") == []

    def test_what_a_worker_may_be_sending_just_now_is_left_to_it(self, product: Product, support: Person) -> None:
        number = failed(product, "claimed", due_at=clock.wall() + timedelta(minutes=2))
        support.act(f"{HERE}/{number}/again")
        assert stored_mail(product, number).due_at > clock.wall() + timedelta(minutes=1)

    def test_all_of_them(self, product: Product, support: Person) -> None:
        numbers = [failed(product, "a"), failed(product, "b", given_up_at=clock.wall()), mail(product, "c")]
        support.act(f"{HERE}/again")
        assert all(stored_mail(product, number).due_at <= clock.wall() for number in numbers)
        [deed] = deeds(product, "mails_tried_again")
        assert deed.detail == {"mails": 2}
