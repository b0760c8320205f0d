"""The process dies between the note of an act and Stripe's answer: an alarm says so until somebody has looked."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from paywall import clock
from paywall.admin.acting.money.unanswered import PATIENCE, UnansweredAct, watch
from paywall.billing.stripe_gateway import InProcess
from paywall.notices import AdminNotice, open_notices
from tests.admin.acting.conftest import Desk
from tests.admin.acting.test_money import hidden, money_back
from tests.proof.steps import ProcessEnds

OPERATIONS = "/admin/operations"
Dies = Callable[..., None]


@pytest.fixture
def dies(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Dies:
    """Have the process end at its next change at Stripe: before it is sent, or before the answer comes."""
    whole = InProcess.request

    def die(act: str, *, is_sent: bool = False, **fields: str) -> None:
        def request(self: InProcess, method: str, *more: Any) -> Any:
            if method.upper() != "POST":
                return whole(self, method, *more)
            if is_sent:
                whole(self, method, *more)
            raise ProcessEnds

        with monkeypatch.context() as patch, pytest.raises(ProcessEnds):
            patch.setattr(InProcess, "request", request)
            desk.do(act, **fields)

    return die


def look(desk: Desk, later: timedelta = PATIENCE + timedelta(seconds=1)) -> list[AdminNotice]:
    """Have the watch look some time later, and return what is open then."""
    with desk.world.database.writing() as session:
        watch(session, clock.wall() + later)
    with desk.world.database.reading() as session:
        return open_notices(session)


def alarms(desk: Desk) -> str:
    """Return what the first page of operations says of alarms."""
    page = unescape(desk.staff.browser.get(OPERATIONS).text)
    return page.partition("What waits")[0]


class TestARefundWhoseProcessDied:
    @pytest.mark.parametrize("is_sent", [False, True])
    def test_is_an_alarm_with_a_way_to_the_dossier_once_some_minutes_have_passed(
        self, desk: Desk, dies: Dies, is_sent: bool
    ) -> None:
        desk.subscribe()
        dies("refund", is_sent=is_sent, **money_back(desk))
        assert [deed.action for deed in desk.deeds()] == ["refund_asked"]
        assert look(desk, timedelta(minutes=1)) == []
        [notice] = look(desk)
        assert (notice.kind, len(look(desk))) == ("act_unanswered", 1)
        assert "Giving money back was asked for at" in alarms(desk)
        assert f'<a href="/admin/subscribers/{desk.reader_id}">' in alarms(desk)
        assert "never answered" in unescape(desk.staff.browser.get("/admin").text)

    def test_is_over_once_it_is_done_again(self, desk: Desk, dies: Dies) -> None:
        desk.subscribe()
        form = money_back(desk)
        dies("refund", **form)
        assert len(look(desk)) == 1
        assert desk.do("refund", **form).status_code == 303
        assert look(desk) == []
        assert "No alarm" in alarms(desk)
        assert len(desk.world.sandbox_objects("refund")) == 1

    def test_is_over_once_somebody_has_looked_and_set_it_aside(self, desk: Desk, dies: Dies) -> None:
        desk.subscribe()
        dies("refund", **money_back(desk))
        [notice] = look(desk)
        assert desk.staff.act(f"{OPERATIONS}/notices/{notice.id}/clearing").status_code == 303
        assert look(desk) == []


class TestOtherActs:
    def test_a_plan_change_is_an_alarm_too(self, desk: Desk, dies: Dies) -> None:
        key = desk.sells("plus", 1499)
        desk.subscribe()
        dies("change-plan", **hidden(desk.page("change-plan", price=key)))
        assert len(look(desk)) == 1
        assert "Changing a plan was asked for at" in alarms(desk)

    def test_resuming_is_an_alarm_until_it_is_done(self, desk: Desk, dies: Dies) -> None:
        desk.subscribe()
        desk.do("cancel")
        dies("resume")
        assert len(look(desk)) == 1
        assert "Resuming a subscription was asked for at" in alarms(desk)
        assert desk.do("resume").status_code == 303
        assert look(desk) == []


class TestWhatIsAnswered:
    def test_well_leaves_nothing_to_watch(self, desk: Desk) -> None:
        desk.subscribe()
        assert desk.do("refund", **money_back(desk)).status_code == 303
        assert (desk.world.rows(UnansweredAct), look(desk)) == ([], [])

    def test_badly_was_told_to_who_asked_and_is_no_alarm(self, desk: Desk) -> None:
        desk.subscribe()
        form = money_back(desk)
        desk.world.sandbox.faults.add("*", drop_before=True, times=None)
        assert desk.do("refund", **form).status_code == 503
        assert (desk.world.rows(UnansweredAct), look(desk)) == ([], [])
