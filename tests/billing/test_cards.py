"""What the plans page and the invitation say: what is paid and when, before anything is clicked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall import clock
from paywall.billing.catalogue.beginnings import VISITOR, Beginning, Standing
from paywall.billing.catalogue.cards import Cards, Look, choose_currency, plan_cards, saving
from paywall.billing.catalogue.invitation import InvitationPrice, InvitationPrices, price_line
from paywall.billing.catalogue.making_offers import NewOffer, set_up_offer
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Duration, Offer, reduction
from paywall.billing.catalogue.plans import Interval, Price
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.catalogue.wording import begins, every, trial_promise
from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONTH, YEAR = NewPrice(Interval.MONTH, Money(499, "EUR")), NewPrice(Interval.YEAR, Money(4990, "EUR"))
DOLLARS = NewPrice(Interval.MONTH, Money(549, "USD"))
DIGITAL = NewPlan("digital", "Digital", "All of it.", (MONTH, YEAR))
HALF = NewOffer("autumn", "digital", percent_off=50, duration=Duration.REPEATING, months=3)


def set_up(database: Database, publisher: Profile, *plans: NewPlan, offer: NewOffer | None = None) -> None:
    with database.writing() as session:
        for plan in plans:
            set_up_plan(session, session.get_one(Publisher, publisher.id), plan)
        if offer:
            set_up_offer(session, publisher.id, offer, NOW)


def cards(database: Database, publisher: Profile, standing: Standing = VISITOR, currency: str = "") -> Cards:
    return plan_cards(database, publisher, Look(NOW, standing, currency))


def a_price(interval: str, minor: int, count: int = 1, currency: str = "EUR") -> Price:
    return Price(plan_id=1, interval=interval, interval_count=count, currency=currency, amount_minor=minor)


def an_offer(**terms: object) -> Offer:
    return Offer(**{"plan_id": 1, "duration": Duration.ONCE, **terms})


class TestACard:
    def test_of_a_yearly_price_says_what_it_saves_in_money(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL)
        (card,) = cards(database, publisher).plans
        assert [price.saving for price in card.prices] == ["", "Saves €9.98 a year"]
        assert [price.every for price in card.prices] == ["a month", "a year"]
        assert [price.button for price in card.prices] == ["Subscribe by the month", "Subscribe by the year"]

    def test_that_saves_nothing_says_nothing(self) -> None:
        month, year = a_price("month", 400), a_price("year", 4800)
        assert saving(year, [month, year]) is None

    def test_never_compares_currencies(self) -> None:
        month, year = a_price("month", 499, currency="USD"), a_price("year", 100)
        assert saving(year, [month, year]) is None

    def test_of_a_plan_without_prices_is_not_shown(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, NewPlan("empty", "Empty", "", ()))
        assert [card.name for card in cards(database, publisher).plans] == ["Digital"]

    @pytest.mark.parametrize(
        ("plan", "words"),
        [
            (DIGITAL, "tax included"),
            (replace(DIGITAL, tax_basis_points=1800), "including 18% tax"),
            (replace(DIGITAL, tax_basis_points=750), "including 7.5% tax"),
            (replace(DIGITAL, prices=(replace(MONTH, tax_note="incl. ƏDV"),), tax_basis_points=1800), "incl. ƏDV"),
        ],
    )
    def test_says_its_tax(self, database: Database, publisher: Profile, plan: NewPlan, words: str) -> None:
        set_up(database, publisher, plan)
        assert cards(database, publisher).plans[0].prices[0].tax_note == words

    @pytest.mark.parametrize(
        ("price", "words"),
        [
            (a_price("day", 50), "a day"),
            (a_price("week", 200), "a week"),
            (a_price("month", 499), "a month"),
            (a_price("month", 1290, 3), "every 3 months"),
            (a_price("year", 4990), "a year"),
        ],
    )
    def test_has_words_for_every_interval(self, price: Price, words: str) -> None:
        assert every(price) == words


class TestATrialOnACard:
    def test_says_what_is_paid_when_and_until_when_it_may_be_left(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, replace(DIGITAL, trial_days=14))
        month, year = cards(database, publisher).plans[0].prices
        assert (month.price, month.begins) == ("€4.99", "14 days free, then €4.99 a month")
        assert month.promise == "Cancel any time before 7 December and pay nothing."
        assert year.begins == "14 days free, then €49.90 a year"

    def test_is_not_promised_to_who_has_had_one(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, replace(DIGITAL, trial_days=14))
        (month, _year) = cards(database, publisher, Standing(may_have_trial=False)).plans[0].prices
        assert (month.price, month.begins, month.promise) == ("€4.99", "", "")

    def test_counts_its_days_by_the_publishers_calendar(self) -> None:
        late = datetime(2026, 11, 23, 23, tzinfo=UTC)
        assert "8 December" in trial_promise(Beginning(14), late, "Asia/Baku", "en")
        assert "7 December" in trial_promise(Beginning(14), late, "UTC", "en")

    def test_of_one_day_is_said_so(self) -> None:
        assert begins(a_price("month", 499), Beginning(1), "en") == "1 day free, then €4.99 a month"


class TestAnIntroductoryOfferOnACard:
    def test_says_both_prices_and_for_how_long(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, offer=HALF)
        month, year = cards(database, publisher).plans[0].prices
        assert (month.price, month.begins) == ("€4.99", "€2.49 a month for 3 months, then €4.99 a month")
        assert year.begins == "€24.95 for the first year, then €49.90 a year"

    def test_is_for_who_has_never_paid_here(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, offer=HALF)
        (month, _year) = cards(database, publisher, Standing(is_new=False)).plans[0].prices
        assert month.begins == ""

    def test_with_a_code_is_not_promised_to_everybody(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, offer=replace(HALF, code="AUTUMN"))
        assert cards(database, publisher).plans[0].prices[0].begins == ""

    def test_begins_and_ends_when_it_says(self, database: Database, publisher: Profile) -> None:
        first, last = NOW + timedelta(days=1), NOW + timedelta(days=2)
        set_up(database, publisher, DIGITAL, offer=replace(HALF, starts_at=first, ends_at=last))
        said = [
            bool(plan_cards(database, publisher, Look(at)).plans[0].prices[0].begins)
            for at in (NOW, first, last - timedelta(seconds=1), last)
        ]
        assert said == [False, True, True, False]

    @pytest.mark.parametrize(
        ("offer", "price", "words"),
        [
            (an_offer(percent_off=50), a_price("month", 499), "€2.49 for the first month, then €4.99 a month"),
            (
                an_offer(percent_off=50),
                a_price("month", 1290, 3),
                "€6.45 for the first 3 months, then €12.90 every 3 months",
            ),
            (an_offer(percent_off=100), a_price("month", 499), "Nothing for the first month, then €4.99 a month"),
            (
                an_offer(percent_off=100, duration=Duration.REPEATING, months=2),
                a_price("month", 499),
                "Nothing for 2 months, then €4.99 a month",
            ),
            (
                an_offer(amount_off_minor=300, currency="EUR", duration=Duration.REPEATING, months=3),
                a_price("month", 499),
                "€1.99 a month for 3 months, then €4.99 a month",
            ),
            (
                an_offer(percent_off=50, duration=Duration.REPEATING, months=1),
                a_price("week", 200),
                "€1.00 a week for 1 month, then €2.00 a week",
            ),
            (
                an_offer(percent_off=50, duration=Duration.REPEATING, months=4),
                a_price("month", 1290, 3),
                "€6.45 every 3 months for 6 months, then €12.90 every 3 months",
            ),
            (
                an_offer(percent_off=20, duration=Duration.FOREVER),
                a_price("month", 500),
                "€4.00 a month for as long as you subscribe, instead of €5.00",
            ),
        ],
    )
    def test_has_words_for_every_length_and_interval(self, offer: Offer, price: Price, words: str) -> None:
        assert begins(price, Beginning(offer=offer), "en") == words

    @given(minor=st.integers(1, 99_999_999), percent=st.integers(1, 100))
    def test_takes_its_percentage_off_to_the_nearest_minor_unit(self, minor: int, percent: int) -> None:
        reduced = reduction(an_offer(percent_off=percent), a_price("month", minor))
        off = minor - reduced.money.minor if reduced else 0
        assert abs(off * 100 - minor * percent) <= 50
        assert 0 <= off <= minor

    @given(
        duration=st.sampled_from(Duration),
        months=st.integers(1, 36),
        interval=st.sampled_from(Interval),
        count=st.integers(1, 36),
    )
    def test_always_names_the_full_price(self, duration: Duration, months: int, interval: Interval, count: int) -> None:
        given_months = months if duration is Duration.REPEATING else None
        offer = an_offer(percent_off=50, duration=duration, months=given_months)
        words = begins(a_price(interval, 1000, count), Beginning(offer=offer), "en")
        assert "€5.00" in words
        assert "€10.00" in words

    def test_takes_nothing_off_another_currency_or_another_plan(self) -> None:
        euros = an_offer(amount_off_minor=100, currency="EUR")
        assert reduction(euros, a_price("month", 499, currency="USD")) is None
        assert reduction(an_offer(percent_off=50, plan_id=2), a_price("month", 499)) is None


class TestPricesInSeveralCurrencies:
    def test_are_shown_in_the_publishers_first_and_in_another_where_asked(
        self, database: Database, publisher: Profile
    ) -> None:
        set_up(database, publisher, replace(DIGITAL, prices=(MONTH, DOLLARS)))
        shown = cards(database, publisher)
        assert ([price.price for price in shown.plans[0].prices], shown.currency) == (["€4.99"], "EUR")
        assert shown.currencies == ("EUR", "USD")
        dollars = cards(database, publisher, currency="usd")
        assert ([price.price for price in dollars.plans[0].prices], dollars.currency) == (["$5.49"], "USD")

    def test_leave_a_plan_out_that_has_none_in_the_chosen_one(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, NewPlan("abroad", "Abroad", "", (DOLLARS,)))
        assert [card.name for card in cards(database, publisher, currency="USD").plans] == ["Abroad"]

    @pytest.mark.parametrize("asked", ["", "GBP", "ß", "eur:usd", "x" * 5000])
    def test_are_in_the_first_for_a_wish_that_can_not_be_met(self, asked: str) -> None:
        assert choose_currency(["EUR", "USD"], asked, None) == ("EUR", ("EUR", "USD"))

    def test_are_in_the_one_that_a_reader_has_paid_in_whatever_she_asks_for(self) -> None:
        assert choose_currency(["EUR", "USD"], "eur", "USD") == ("USD", ("USD",))

    def test_are_open_to_a_reader_whose_currency_is_sold_no_longer(self) -> None:
        assert choose_currency(["EUR", "USD"], "", "AZN") == ("EUR", ("EUR", "USD"))

    def test_of_a_newspaper_without_plans_are_none(self, database: Database, publisher: Profile) -> None:
        assert cards(database, publisher) == Cards((), "", ())


class TestTheInvitationsPrice:
    @pytest.mark.parametrize(
        ("price", "beginning", "line"),
        [
            (a_price("month", 499), Beginning(), "€4.99 a month, cancel any time"),
            (a_price("month", 1200, 3), Beginning(), "€12.00 every 3 months, cancel any time"),
            (
                a_price("month", 499),
                Beginning(14),
                "New subscribers: 14 days free, then €4.99 a month, cancel any time",
            ),
            (
                a_price("month", 499),
                Beginning(offer=an_offer(percent_off=100)),
                "New subscribers: nothing for the first month, then €4.99 a month, cancel any time",
            ),
        ],
    )
    def test_is_one_line(self, price: Price, beginning: Beginning, line: str) -> None:
        assert price_line(price, beginning, "en") == line

    def test_is_kept_until_a_change_of_that_publisher_is_heard_of(self, database: Database, publisher: Profile) -> None:
        prices = InvitationPrices(database)
        assert prices.of(publisher) is None
        set_up(database, publisher, DIGITAL)
        prices.hear(Change(1, publisher.id + 1, ChangeKind.PUBLISHER, "2"))
        prices.hear(Change(2, publisher.id, ChangeKind.ARTICLE, "1"))
        assert prices.of(publisher) is None
        prices.hear(Change(3, publisher.id, ChangeKind.PUBLISHER, "1"))
        assert prices.of(publisher) == InvitationPrice("€4.99 a month, cancel any time")

    def test_is_asked_again_when_an_offer_begins_or_ends(
        self, database: Database, publisher: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, last = NOW + timedelta(days=1), NOW + timedelta(days=2)
        set_up(database, publisher, DIGITAL, offer=replace(HALF, starts_at=first, ends_at=last))
        prices, said = InvitationPrices(database), []
        for at in (NOW, first, last):
            monkeypatch.setattr(clock, "now", lambda at=at: at)
            found = prices.of(publisher)
            assert found is not None
            said.append(found.price_line.startswith("New subscribers"))
        assert said == [False, True, False]
