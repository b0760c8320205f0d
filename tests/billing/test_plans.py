"""Plans and prices as a publisher sets them up, and what is said of them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Offer, Offers, plan_cards, price_line, saving
from paywall.billing.catalogue.plans import (
    Interval,
    NewPlan,
    NewPrice,
    Plan,
    Price,
    plan_of_price,
    plans_of,
    price_on_offer,
    prices_of,
    set_up_plan,
)
from paywall.changes import Change, ChangeKind, ChangeRow
from paywall.database import Database
from paywall.errors import BadInput
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.tables import Publisher

MONTH, YEAR = NewPrice(Interval.MONTH, Money(499, "AZN")), NewPrice(Interval.YEAR, Money(4990, "AZN"))
DIGITAL = NewPlan("digital", "Digital", "All of it.", (MONTH, YEAR))


def set_up(database: Database, publisher: Profile, *plans: NewPlan) -> None:
    with database.writing() as session:
        for plan in plans:
            set_up_plan(session, session.get_one(Publisher, publisher.id), plan)


def on_offer(database: Database, publisher: Profile) -> list[str]:
    with database.reading() as session:
        return [price.lookup_key for price in prices_of(session, publisher.id)]


class TestSettingUpAPlan:
    def test_names_its_prices_by_publisher_plan_interval_and_currency(
        self, database: Database, publisher: Profile
    ) -> None:
        set_up(database, publisher, DIGITAL, NewPlan("trial", "Two months", "", (replace(MONTH, interval_count=2),)))
        assert on_offer(database, publisher) == [
            "news:digital:month:azn",
            "news:digital:year:azn",
            "news:trial:month2:azn",
        ]

    def test_twice_changes_nothing(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, DIGITAL)
        with database.reading() as session:
            assert len(list(session.scalars(select(Plan)))) == 1
            assert len(list(session.scalars(select(Price)))) == 2

    def test_again_brings_name_amount_and_grace_up_to_date(self, database: Database, publisher: Profile) -> None:
        dearer = NewPrice(Interval.MONTH, Money(599, "AZN"))
        set_up(database, publisher, DIGITAL, NewPlan("digital", "Digital+", "More.", (dearer, YEAR), grace_days=3))
        with database.reading() as session:
            (plan,) = plans_of(session, publisher.id)
            assert (plan.name, plan.description, plan.grace_days) == ("Digital+", "More.", 3)
            assert [price.money for price in plan.prices] == [Money(599, "AZN"), Money(4990, "AZN")]

    def test_without_a_price_takes_it_off_the_offer_but_still_knows_it(
        self, database: Database, publisher: Profile
    ) -> None:
        set_up(database, publisher, DIGITAL, replace(DIGITAL, prices=(MONTH,)))
        assert on_offer(database, publisher) == ["news:digital:month:azn"]
        with database.reading() as session:
            assert price_on_offer(session, publisher.id, "news:digital:year:azn") is None
            assert plan_of_price(session, "news:digital:year:azn") is not None

    def test_with_an_old_price_puts_it_back(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, replace(DIGITAL, prices=(MONTH,)), DIGITAL)
        assert len(on_offer(database, publisher)) == 2

    @pytest.mark.parametrize("minor", [0, -1, 100_000_000])
    def test_refuses_amounts_that_stripe_would_refuse(self, database: Database, publisher: Profile, minor: int) -> None:
        with pytest.raises(BadInput, match="price"):
            set_up(database, publisher, NewPlan("x", "X", "", (NewPrice(Interval.MONTH, Money(minor, "AZN")),)))
        assert on_offer(database, publisher) == []

    def test_refuses_a_third_decimal_that_stripe_would_refuse(self, database: Database, publisher: Profile) -> None:
        with pytest.raises(BadInput, match="decimals"):
            set_up(database, publisher, NewPlan("x", "X", "", (NewPrice(Interval.MONTH, Money(1234, "KWD")),)))

    @pytest.mark.parametrize(
        ("plan", "field"),
        [
            (replace(DIGITAL, slug="Digital Plus"), "slug"),
            (replace(DIGITAL, slug="a:b"), "slug"),
            (replace(DIGITAL, slug=""), "slug"),
            (replace(DIGITAL, name=" "), "name"),
        ],
    )
    def test_refuses_names_that_can_not_be_used_by_the_field(
        self, database: Database, publisher: Profile, plan: NewPlan, field: str
    ) -> None:
        with pytest.raises(BadInput) as caught:
            set_up(database, publisher, plan)
        assert caught.value.field == field

    def test_is_told_to_every_process(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL)
        with database.reading() as session:
            last = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc())).first()
        assert last is not None
        assert (last.kind, last.publisher_id) == (ChangeKind.PUBLISHER, publisher.id)

    def test_of_one_publisher_is_not_on_offer_at_another(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL)
        with database.writing() as session:
            other = set_up_publisher(session, NewPublisher("other", "Other", "other.test"))
            assert price_on_offer(session, other.id, "news:digital:month:azn") is None
            assert plans_of(session, other.id) == []


class TestWhatIsSaidOfAPlan:
    def test_a_yearly_price_says_what_it_saves_in_money(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL)
        (card,) = plan_cards(database, publisher)
        assert [price.saving for price in card.prices] == ["", "Saves 9.98\N{NO-BREAK SPACE}₼ a year"]
        assert [price.every for price in card.prices] == ["a month", "a year"]

    def test_a_yearly_price_that_saves_nothing_says_nothing(self) -> None:
        month = Price(interval="month", interval_count=1, currency="AZN", amount_minor=400)
        year = Price(interval="year", interval_count=1, currency="AZN", amount_minor=4800)
        assert saving(year, [month, year]) is None

    def test_currencies_are_never_compared(self) -> None:
        month = Price(interval="month", interval_count=1, currency="EUR", amount_minor=499)
        year = Price(interval="year", interval_count=1, currency="AZN", amount_minor=100)
        assert saving(year, [month, year]) is None

    def test_a_plan_without_prices_is_not_shown(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, DIGITAL, NewPlan("empty", "Empty", "", ()))
        assert [card.name for card in plan_cards(database, publisher)] == ["Digital"]

    def test_the_invitation_says_the_first_price_in_one_line(self) -> None:
        price = Price(interval="month", interval_count=1, currency="EUR", amount_minor=499)
        assert price_line(price, "en") == "€4.99 a month, cancel any time"
        quarter = Price(interval="month", interval_count=3, currency="EUR", amount_minor=1200)
        assert price_line(quarter, "en") == "€12.00 every 3 months, cancel any time"


class TestTheOfferInMemory:
    def test_is_kept_until_a_change_of_that_publisher_is_heard_of(self, database: Database, publisher: Profile) -> None:
        offers = Offers(database)
        assert offers.of(publisher) is None
        set_up(database, publisher, DIGITAL)
        offers.hear(Change(1, publisher.id + 1, ChangeKind.PUBLISHER, "2"))
        offers.hear(Change(2, publisher.id, ChangeKind.ARTICLE, "1"))
        assert offers.of(publisher) is None
        offers.hear(Change(3, publisher.id, ChangeKind.PUBLISHER, "1"))
        assert offers.of(publisher) == Offer("4.99\N{NO-BREAK SPACE}₼ a month, cancel any time")
