"""The books of a month: what came in, went back and was taken back, per currency, with the tax in it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.billing.ledger.months import Line, read_month, share_of_tax, totals
from paywall.billing.ledger.reading import lines_of
from paywall.billing.ledger.refunding import plan, refund
from paywall.billing.ledger.tables import Payment, Refund
from paywall.billing.syncing.sync import sync_subscription
from paywall.errors import BadInput, NotFound
from tests.billing.stripe_world import World

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def line(kind: str, minor: int, currency: str = "EUR", tax: int = 0) -> Line:
    return Line(NOON, kind, "in_1", "A-1", currency, minor, tax, f"{kind}{minor}{currency}")


class TestAMonth:
    def test_is_the_calendars_in_the_publishers_time_zone(self) -> None:
        month = read_month("2026-11", "Asia/Baku")
        assert month.begins_at.astimezone(UTC) == datetime(2026, 10, 31, 20, tzinfo=UTC)
        assert month.ends_at.astimezone(UTC) == datetime(2026, 11, 30, 20, tzinfo=UTC)

    def test_of_december_ends_with_the_year(self) -> None:
        assert read_month("2026-12", "UTC").ends_at == datetime(2027, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text", ["", "2026", "2026-13", "11-2026", "2026-11-01", "\u0662\u0660\u0662\u0666-11", "2026-1"]
    )
    def test_that_is_written_otherwise_is_refused_by_name(self, text: str) -> None:
        with pytest.raises(BadInput) as refused:
            read_month(text, "UTC")
        assert refused.value.field == "month"


class TestTheSums:
    def test_are_kept_apart_by_currency(self) -> None:
        sums = totals([line("payment", 499), line("payment", 499), line("refund", -100), line("payment", 700, "USD")])
        assert [(one.currency, one.payments, one.paid_minor, one.refunded_minor, one.net_minor) for one in sums] == [
            ("EUR", 2, 998, 100, 898),
            ("USD", 1, 700, 0, 700),
        ]

    def test_name_the_tax_that_is_in_them(self) -> None:
        assert totals([line("payment", 1180, tax=180), line("refund", -590, tax=-90)])[0].tax_minor == 90

    @given(st.integers(1, 10**9), st.data())
    def test_split_an_invoices_tax_without_losing_or_inventing_any(self, total: int, data: st.DataObject) -> None:
        tax = data.draw(st.integers(0, total))
        assert share_of_tax(total, total, tax) == tax
        assert share_of_tax(0, total, tax) == 0
        part = data.draw(st.integers(0, total))
        assert abs(share_of_tax(part, total, tax) + share_of_tax(total - part, total, tax) - tax) <= 1


class TestWhatStripeHolds:
    def test_is_in_the_books_as_it_was_paid_and_went_back(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        invoice = world.invoices()[0].stripe_id
        refund(world.billing, invoice, amount_minor=100, keeps_until=None, actor="reader:0")
        month = read_month(world.time.now().strftime("%Y-%m"), "UTC")
        with world.database.reading() as session:
            lines = lines_of(session, world.publisher.id, month)
        assert [(one.kind, one.amount_minor, one.currency) for one in lines] == [
            ("payment", 499, "AZN"),
            ("refund", -100, "AZN"),
        ]

    def test_is_written_down_once_however_often_it_is_read(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        for _ in range(3):
            sync_subscription(world.billing, stripe_id, with_money_back=True)
        assert [row.amount_minor for row in world.rows(Payment)] == [499]


class TestGivingMoneyBack:
    def paid(self, world: World) -> tuple[int, str, str]:
        reader_id, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        return reader_id, stripe_id, world.invoices()[0].stripe_id

    def test_in_full_ends_access_at_once(self, world: World) -> None:
        reader_id, _, invoice = self.paid(world)
        refund(world.billing, invoice, amount_minor=None, keeps_until=None, actor="reader:0")
        assert not world.may_read(reader_id)

    def test_in_full_keeps_access_until_a_date_that_was_picked(self, world: World) -> None:
        reader_id, _, invoice = self.paid(world)
        until = world.time.now() + timedelta(days=9)
        refund(world.billing, invoice, amount_minor=None, keeps_until=until, actor="reader:0")
        held = world.entitlement(reader_id)
        assert held
        assert held.valid_until == until

    def test_in_part_leaves_access_as_it_is(self, world: World) -> None:
        reader_id, _, invoice = self.paid(world)
        before = world.entitlement(reader_id)
        refund(world.billing, invoice, amount_minor=498, keeps_until=None, actor="reader:0")
        assert world.entitlement(reader_id) == before
        assert [(row.amount_minor, row.status) for row in world.rows(Refund)] == [(498, "succeeded")]

    def test_twice_in_part_gives_both_parts(self, world: World) -> None:
        _, _, invoice = self.paid(world)
        for _ in range(2):
            refund(world.billing, invoice, amount_minor=100, keeps_until=None, actor="reader:0")
        assert sum(row.amount_minor for row in world.rows(Refund)) == 200
        assert world.deeds().count("refund_asked") == 2

    @pytest.mark.parametrize("amount", [0, -1, 500])
    def test_beyond_what_was_paid_is_refused_by_name(self, world: World, amount: int) -> None:
        _, _, invoice = self.paid(world)
        with pytest.raises(BadInput) as refused:
            refund(world.billing, invoice, amount_minor=amount, keeps_until=None, actor="reader:0")
        assert refused.value.field == "amount"
        assert world.rows(Refund) == []

    def test_in_part_with_a_date_is_refused_by_name(self, world: World) -> None:
        _, _, invoice = self.paid(world)
        with pytest.raises(BadInput) as refused:
            refund(world.billing, invoice, amount_minor=100, keeps_until=world.time.now(), actor="reader:0")
        assert refused.value.field == "keeps_until"

    def test_of_an_invoice_that_nobody_knows_is_refused(self, world: World) -> None:
        with pytest.raises(NotFound):
            refund(world.billing, "in_nobody", amount_minor=None, keeps_until=None, actor="reader:0")

    def test_says_what_it_will_do_before_it_does_it(self, world: World) -> None:
        _, _, invoice = self.paid(world)
        assert "what it paid for ends at once" in plan(world.billing, invoice, None, None).sentence
        assert "access stays as it is" in plan(world.billing, invoice, "1.00", None).sentence
