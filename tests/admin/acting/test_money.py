"""Cancelling, resuming, changing the plan, giving money back: asked once, done once at Stripe, one row in the audit."""

import re
from html import unescape
from zoneinfo import ZoneInfo

from tests.admin.acting.conftest import WHY, Desk


def hidden(page: str) -> dict[str, str]:
    """Return what a page's form sends along by itself."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name not in ("csrf_token", "act")}


def money_back(desk: Desk, amount: str = "", keeps_until: str = "") -> dict[str, str]:
    """Return the form that confirms a refund, as the page that shows its effect has it."""
    given = {"invoice": desk.invoice.stripe_id, "amount": amount, "keeps_until": keeps_until}
    return hidden(desk.page("refund", **given))


class TestCancelling:
    def test_it_ends_with_what_is_paid_for(self, desk: Desk) -> None:
        desk.subscribe()
        assert "ends with what is paid for" in desk.page("cancel")
        assert desk.do("cancel").location == f"/admin/subscribers/{desk.reader_id}"
        assert (desk.at_stripe()["cancel_at_period_end"], desk.may_read()) == (True, True)
        [deed] = desk.deeds()
        assert (deed.action, deed.detail["reason"]) == ("cancellation_asked", WHY)

    def test_sent_from_several_tabs_at_once_it_is_done_once(self, desk: Desk) -> None:
        desk.subscribe()
        assert set(desk.do_at_once("cancel")) == {303}
        assert desk.at_stripe()["cancel_at_period_end"]
        assert len(desk.deeds()) == 1
        assert [mail.kind for mail in desk.world.mails()].count("billing_cancelled") == 1

    def test_now_it_ends_at_stripe_and_what_is_paid_is_read_to_its_end(self, desk: Desk) -> None:
        desk.subscribe()
        assert "goes on reading until" in desk.page("cancel-now")
        assert set(desk.do_at_once("cancel-now")) == {303}
        assert (desk.at_stripe()["status"], desk.may_read(), len(desk.deeds())) == ("canceled", True, 1)

    def test_what_was_to_end_later_can_be_ended_now(self, desk: Desk) -> None:
        desk.subscribe()
        desk.do("cancel")
        assert desk.staff.browser.get(desk.path("cancel")).status_code == 409
        desk.do("cancel-now")
        assert desk.at_stripe()["status"] == "canceled"

    def test_while_stripe_is_away_the_wish_is_kept(self, desk: Desk) -> None:
        stripe_id = desk.subscribe()
        desk.world.sandbox.faults.add("*", drop_before=True, times=None)
        desk.do("cancel-now")
        assert "it is cancelled as soon as it can" in desk.staff.browser.get("/admin").text
        assert (desk.subscription.status, len(desk.deeds()), bool(stripe_id)) == ("active", 1, True)


class TestResuming:
    def test_it_takes_the_cancellation_back_once(self, desk: Desk) -> None:
        desk.subscribe()
        assert desk.staff.browser.get(desk.path("resume")).status_code == 409
        desk.do("cancel")
        assert "goes on as before" in desk.page("resume")
        assert set(desk.do_at_once("resume")) == {303}
        assert not desk.at_stripe()["cancel_at_period_end"]
        assert [deed.action for deed in desk.deeds()] == ["cancellation_asked", "subscription_resumed"]


class TestChangingThePlan:
    def test_the_preview_says_to_the_cent_what_is_charged_and_it_is_charged_once(self, desk: Desk) -> None:
        key = desk.sells("plus", 1499)
        desk.subscribe()
        desk.turn(days=10)
        page = desk.page("change-plan", price=key)
        [said] = re.findall(r"begins at once\. (\d+\.\d\d)", page)
        assert set(desk.do_at_once("change-plan", **hidden(page))) == {303}
        desk.turn(minutes=1)
        paid = [one.paid_minor for one in desk.world.invoices()]
        assert (len(paid), f"{paid[-1] / 100:.2f}") == (2, said)
        [deed] = desk.deeds()
        assert (deed.action, deed.detail["after"]) == ("plan_change_asked", key)

    def test_a_cheaper_plan_comes_with_the_next_period(self, desk: Desk) -> None:
        key = desk.sells("basic", 299)
        desk.subscribe()
        page = desk.page("change-plan", price=key)
        assert "Nothing is charged today" in page
        assert desk.do("change-plan", **hidden(page)).status_code == 303
        assert desk.subscription.next_lookup_key == key

    def test_what_was_previewed_too_long_ago_is_shown_anew(self, desk: Desk) -> None:
        key = desk.sells("plus", 1499)
        desk.subscribe()
        form = hidden(desk.page("change-plan", price=key))
        desk.turn(days=10)
        answer = desk.do("change-plan", **form)
        assert (answer.status_code, "look again" in answer.text) == (422, True)
        assert (desk.subscription.lookup_key != key, desk.deeds()) == (True, [])


class TestGivingMoneyBack:
    def test_a_full_refund_locks_the_reader_out_and_says_so_before(self, desk: Desk) -> None:
        desk.subscribe()
        page = desk.page("refund", invoice=desk.invoice.stripe_id)
        assert "leyla@example.org is locked out at once" in page
        assert "goes on and will be charged again" in page
        assert desk.do("refund", **hidden(page)).status_code == 303
        assert not desk.may_read()
        [deed] = desk.deeds()
        assert (deed.action, deed.detail["before"]["refunded_minor"]) == ("refund_asked", 0)
        assert deed.detail["after"]["refunded_minor"] == desk.invoice.refunded_minor == 499

    def test_sent_from_several_tabs_at_once_money_goes_back_once(self, desk: Desk) -> None:
        desk.subscribe()
        assert set(desk.do_at_once("refund", **money_back(desk, "1.00"))) == {303}
        assert (desk.invoice.refunded_minor, len(desk.deeds())) == (100, 1)
        assert len(desk.world.sandbox_objects("refund")) == 1

    def test_two_colleagues_who_saw_the_same_page_give_back_once(self, desk: Desk) -> None:
        desk.subscribe()
        form = money_back(desk, "1.00")
        assert desk.do("refund", **form).status_code == 303
        answer = desk.do("refund", **form)
        assert (answer.status_code, "Something has changed" in answer.text) == (422, True)
        assert len(desk.world.sandbox_objects("refund")) == 1

    def test_a_part_leaves_reading_as_it_is(self, desk: Desk) -> None:
        desk.subscribe()
        assert "goes on reading until" in desk.page("refund", invoice=desk.invoice.stripe_id, amount="1.00")
        desk.do("refund", **money_back(desk, "1.00"))
        assert desk.may_read()

    def test_with_a_day_the_reader_reads_through_that_day(self, desk: Desk) -> None:
        desk.subscribe()
        day = f"{desk.world.time.at.astimezone(ZoneInfo(desk.world.publisher.timezone)):%Y-%m-%d}"
        assert desk.do("refund", **money_back(desk, keeps_until=day)).status_code == 303
        assert desk.may_read()
        desk.turn(days=2)
        assert not desk.may_read()

    def test_what_makes_no_sense_is_named(self, desk: Desk) -> None:
        desk.subscribe()
        wrong = {"amount": ("5.00", "0", "x"), "keeps_until": ("2026-02-30", "2020-01-01", "9999-12-31")}
        for blank, value in ((name, value) for name, values in wrong.items() for value in values):
            given = {"invoice": desk.invoice.stripe_id, blank: value}
            answer = desk.staff.browser.get(desk.path("refund"), query_string=given)
            assert (answer.status_code, f'id="{blank}-error"' in answer.text) == (422, True), value

    def test_an_old_password_is_asked_again(self, desk: Desk) -> None:
        desk.subscribe()
        form = money_back(desk)
        desk.staff.password_was_given(11)
        assert "Your password again" in desk.do("refund", **form).text
        assert desk.deeds() == []

    def test_what_stripe_refuses_leaves_no_day_until_which_the_reader_would_read(self, desk: Desk) -> None:
        desk.subscribe()
        day = f"{desk.world.time.at:%Y}-12-31"
        form = money_back(desk, keeps_until=day)
        params = {"payment_intent": desk.invoice.payment_id}
        desk.world.billing.gateway.create_refund(params, idempotency_key="by another hand")
        assert desk.do("refund", **form).status_code >= 400
        assert desk.invoice.keeps_until is None

    def test_where_stripe_fails_the_audit_says_so_and_the_next_try_gives_back_once(self, desk: Desk) -> None:
        desk.subscribe()
        form = money_back(desk)
        desk.world.sandbox.faults.add("*", drop_before=True, times=None)
        assert desk.do("refund", **form).status_code == 503
        assert [deed.action for deed in desk.deeds()] == ["refund_asked", "refund_failed"]
        desk.world.sandbox.faults.clear()
        assert desk.do("refund", **form).status_code == 303
        assert len(desk.world.sandbox_objects("refund")) == 1
