"""The rules of recurring revenue, one by one, as an accountant would ask for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from paywall.business.reckoning.months import months_between
from paywall.business.reckoning.rules import entries_of
from paywall.business.reckoning.values import MOVEMENTS, Bill, Book, Kind

DAY = timedelta(days=1)


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, 9, tzinfo=UTC)


def bill(starts_at: datetime, ends_at: datetime, net: int, reason: str = "subscription_cycle", tax: int = 0) -> Bill:
    return Bill(
        status="paid",
        reason=reason,
        net_minor=net,
        total_minor=net + tax,
        starts_at=starts_at,
        ends_at=ends_at,
        asked_at=starts_at,
        paid_at=starts_at,
        was_attempted=True,
    )


def book(*bills: Bill, currency: str = "EUR", ended_at: datetime | None = None, because: str | None = None) -> Book:
    return Book(currency, bills, created_at=day(1, 1), ended_at=ended_at, ended_because=because)


def moved(*books: Book) -> list[tuple[Kind, datetime, int]]:
    return [(one.kind, one.at, one.amount_minor) for one in entries_of(books) if one.kind in MOVEMENTS]


class TestAMonth:
    def test_it_ends_on_the_day_it_began(self) -> None:
        assert months_between(day(1, 10), day(2, 10)) == 1

    def test_the_last_of_january_to_the_last_of_february_is_one(self) -> None:
        assert months_between(day(1, 31), day(2, 28)) == 1

    def test_the_last_of_february_to_the_31st_of_march_is_one(self) -> None:
        assert months_between(day(2, 28), day(3, 31)) == 1

    def test_a_year_has_twelve(self) -> None:
        assert months_between(day(1, 10), day(1, 10, 2027)) == 12

    def test_a_week_counts_by_its_length(self) -> None:
        assert months_between(day(1, 1), day(1, 8)) * 365 == 7 * 12


class TestRevenue:
    def test_a_year_is_a_twelfth_each_month_halves_up(self) -> None:
        assert moved(book(bill(day(1, 1), day(1, 1, 2027), 4998)))[0] == (Kind.NEW, day(1, 1), 417)

    def test_tax_is_not_in_it(self) -> None:
        assert moved(book(bill(day(1, 1), day(2, 1), 500, tax=90)))[0][2] == 500

    def test_renewals_are_no_movement(self) -> None:
        kept = book(bill(day(1, 1), day(2, 1), 500), bill(day(2, 1), day(3, 1), 500), ended_at=day(3, 1))
        assert moved(kept) == [(Kind.NEW, day(1, 1), 500), (Kind.LEFT, day(3, 1), -500)]

    def test_a_month_for_nothing_is_not_counted(self) -> None:
        first_free = book(bill(day(1, 1), day(2, 1), 0), bill(day(2, 1), day(3, 1), 500))
        assert moved(first_free)[0] == (Kind.NEW, day(2, 1), 500)

    def test_an_upgrade_in_the_middle_counts_with_the_whole_new_price(self) -> None:
        half = bill(day(6, 16), day(7, 1), 250, "subscription_update")
        assert moved(book(bill(day(6, 1), day(7, 1), 500), half))[1] == (Kind.EXPANSION, day(6, 16), 500)

    def test_a_change_to_a_year_counts_with_the_year_though_unused_days_were_credited(self) -> None:
        year = bill(day(6, 16), day(6, 16, 2027), 4800 - 250, "subscription_update")
        assert moved(book(bill(day(6, 1), day(7, 1), 500), year))[1] == (Kind.CONTRACTION, day(6, 16), -100)

    def test_a_second_subscription_is_an_expansion(self) -> None:
        second = book(bill(day(1, 11), day(2, 1), 500 * 21 * 12 // 365))
        kinds = [kind for kind, _, _ in moved(book(bill(day(1, 1), day(2, 1), 500)), second)]
        assert kinds == [Kind.NEW, Kind.EXPANSION, Kind.LEFT]

    def test_currencies_are_apart(self) -> None:
        euros, yen = book(bill(day(1, 1), day(2, 1), 500)), book(bill(day(1, 1), day(2, 1), 800), currency="JPY")
        assert [kind for kind, _, _ in moved(euros, yen)] == [Kind.NEW, Kind.LEFT] * 2


class TestGoing:
    first = bill(day(1, 1), day(2, 1), 500)
    unpaid = replace(bill(day(2, 1), day(3, 1), 500), status="open", paid_at=None)

    def test_who_cancels_is_counted_until_what_is_paid_for_ends(self) -> None:
        assert moved(book(self.first, ended_at=day(2, 1)))[-1][:2] == (Kind.LEFT, day(2, 1))

    def test_who_does_not_pay_is_counted_for_14_days_more(self) -> None:
        assert moved(book(self.first, self.unpaid))[-1] == (Kind.LOST, day(2, 15), -500)

    def test_who_pays_within_them_never_left(self) -> None:
        late = replace(self.unpaid, status="paid", paid_at=day(2, 14))
        assert [kind for kind, _, _ in moved(book(self.first, late))] == [Kind.NEW, Kind.LEFT]

    def test_who_pays_after_them_came_back(self) -> None:
        late = replace(self.unpaid, status="paid", paid_at=day(2, 20))
        kinds = [kind for kind, _, _ in moved(book(self.first, late))]
        assert kinds == [Kind.NEW, Kind.LOST, Kind.REACTIVATED, Kind.LEFT]

    def test_a_full_refund_ends_it_on_the_day_it_was_given(self) -> None:
        assert moved(book(replace(self.first, void_from=day(1, 9))))[-1] == (Kind.LEFT, day(1, 9), -500)

    def test_a_payment_that_the_bank_took_back_is_no_wish_of_the_readers(self) -> None:
        assert moved(book(replace(self.first, void_from=day(1, 9), was_taken_back=True)))[-1][0] is Kind.LOST

    def test_who_pauses_left_and_came_back(self) -> None:
        again = bill(day(4, 1), day(5, 1), 500)
        kinds = [kind for kind, _, _ in moved(book(self.first, again))]
        assert kinds == [Kind.NEW, Kind.LEFT, Kind.REACTIVATED, Kind.LEFT]
