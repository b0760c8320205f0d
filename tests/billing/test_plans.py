"""Plans and prices as a publisher sets them up, and what is said of them."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import (
    LOOKUP_KEY,
    Interval,
    Plan,
    Price,
    plan_of_price,
    plans_of,
    price_on_offer,
    prices_of,
)
from paywall.billing.catalogue.putting_on_sale import (
    NewPlan,
    NewPrice,
    put_on_sale,
    read_price,
    read_tax,
    set_up_plan,
)
from paywall.billing.syncing.sync import sync_subscription
from paywall.changes import ChangeKind, ChangeRow
from paywall.database import Database
from paywall.errors import BadInput
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.tables import Publisher
from tests.billing.stripe_world import LOOKUP_KEY as SOLD
from tests.billing.stripe_world import World

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

    @pytest.mark.parametrize(
        ("plan", "field"),
        [
            (replace(DIGITAL, trial_days=-1), "trial_days"),
            (replace(DIGITAL, trial_days=731), "trial_days"),
            (replace(DIGITAL, tax_basis_points=-1), "tax"),
            (replace(DIGITAL, tax_basis_points=10_000), "tax"),
            (replace(DIGITAL, prices=(replace(MONTH, interval_count=37),)), "price"),
            (replace(DIGITAL, prices=(replace(MONTH, interval_count=0),)), "price"),
            (replace(DIGITAL, prices=(NewPrice(Interval.DAY, MONTH.money, 1096),)), "price"),
        ],
    )
    def test_refuses_trials_taxes_and_periods_that_stripe_would_refuse_and_stores_nothing(
        self, database: Database, publisher: Profile, plan: NewPlan, field: str
    ) -> None:
        with pytest.raises(BadInput) as caught:
            set_up(database, publisher, plan)
        assert (caught.value.field, on_offer(database, publisher)) == (field, [])

    def test_keeps_its_trial_and_its_tax(self, database: Database, publisher: Profile) -> None:
        set_up(database, publisher, replace(DIGITAL, trial_days=14, tax_basis_points=1800))
        with database.reading() as session:
            (plan,) = plans_of(session, publisher.id)
            assert (plan.trial_days, plan.tax_basis_points) == (14, 1800)

    def test_sells_by_every_interval_and_in_several_currencies(self, database: Database, publisher: Profile) -> None:
        written = ("0.50/day", "2/week", "4.99/month", "12.90/quarter", "49.90/year", "5.49/month:USD", "30/2years")
        prices = tuple(read_price(one, "EUR") for one in written)
        set_up(database, publisher, replace(DIGITAL, prices=prices))
        keys = on_offer(database, publisher)
        assert keys == [
            f"news:digital:{tail}"
            for tail in ("day:eur", "week:eur", "month:eur", "month3:eur", "year:eur", "month:usd", "year2:eur")
        ]
        assert all(LOOKUP_KEY.fullmatch(key) for key in keys)

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


class TestAPriceAsItIsWritten:
    @pytest.mark.parametrize(
        ("written", "price"),
        [
            ("4.99/month", NewPrice(Interval.MONTH, Money(499, "EUR"))),
            ("49.90/year", NewPrice(Interval.YEAR, Money(4990, "EUR"))),
            ("1/day", NewPrice(Interval.DAY, Money(100, "EUR"))),
            ("9/2weeks", NewPrice(Interval.WEEK, Money(900, "EUR"), 2)),
            ("12.90/quarter", NewPrice(Interval.MONTH, Money(1290, "EUR"), 3)),
            ("24/2quarters", NewPrice(Interval.MONTH, Money(2400, "EUR"), 6)),
            ("5.49/month:USD", NewPrice(Interval.MONTH, Money(549, "USD"))),
            ("500/month:jpy", NewPrice(Interval.MONTH, Money(500, "JPY"))),
        ],
    )
    def test_is_read(self, written: str, price: NewPrice) -> None:
        assert read_price(written, "EUR") == price

    @pytest.mark.parametrize(
        ("written", "field"),
        [
            ("", "price"),
            ("4.99", "price"),
            ("4.99/", "price"),
            ("4.99/fortnight", "price"),
            ("4.99/month/EUR", "price"),
            ("4.99/month:", "price"),
            ("4.99/12345months", "price"),
            ("4,99/month", "amount"),
            ("-1/month", "amount"),
            ("4.999/month", "amount"),
            ("\u0664/month", "amount"),
            ("4.99/month:EURO", "currency"),
            ("4.99/month:E1R", "currency"),
        ],
    )
    def test_is_refused_by_the_field_that_is_wrong(self, written: str, field: str) -> None:
        with pytest.raises(BadInput) as caught:
            read_price(written, "EUR")
        assert caught.value.field == field

    def test_without_any_currency_asks_for_one(self) -> None:
        with pytest.raises(BadInput) as caught:
            read_price("4.99/month", None)
        assert caught.value.field == "currency"

    @given(st.text(max_size=20))
    def test_is_read_or_refused_whatever_it_is(self, written: str) -> None:
        with suppress(BadInput):
            read_price(written, "EUR")

    @pytest.mark.parametrize(("percent", "basis_points"), [("18", 1800), ("7.5", 750), ("0", 0), ("19.25", 1925)])
    def test_says_its_tax_in_percent(self, percent: str, basis_points: int) -> None:
        assert read_tax(percent) == basis_points

    @pytest.mark.parametrize("percent", ["", ".", "18.", ".5", "100", "-1", "18%", "1.255", "\u0661"])
    def test_refuses_what_is_no_percentage(self, percent: str) -> None:
        with pytest.raises(BadInput) as caught:
            read_tax(percent)
        assert caught.value.field == "tax"


class TestANewAmount:
    dearer = NewPlan("digital", "Digital", "", (NewPrice(Interval.MONTH, Money(599, "AZN")),))

    def test_leaves_older_subscribers_what_they_pay_and_says_how_many_they_are(self, world: World) -> None:
        for _ in range(2):
            sync_subscription(world.billing, world.subscriber()[1])
        (keeping,) = put_on_sale(world.database, world.publisher.id, self.dearer)
        assert (keeping.subscribers, keeping.money, keeping.price.lookup_key) == (2, Money(499, "AZN"), SOLD)

    def test_says_nothing_where_nothing_changed(self, world: World) -> None:
        same = replace(self.dearer, prices=(NewPrice(Interval.MONTH, Money(499, "AZN")),))
        sync_subscription(world.billing, world.subscriber()[1])
        assert put_on_sale(world.database, world.publisher.id, same) == []

    def test_does_not_count_those_who_have_left(self, world: World) -> None:
        _reader, subscription_id = world.subscriber()
        world.billing.gateway.cancel_subscription(subscription_id)
        sync_subscription(world.billing, subscription_id)
        assert put_on_sale(world.database, world.publisher.id, self.dearer) == []
