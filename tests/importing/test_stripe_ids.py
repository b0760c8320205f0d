"""Ids at Stripe: they must be of this account, belong together, and be nobody else's here."""

from dataclasses import replace

from paywall.importing.asking_stripe import StripeCheck
from tests.billing.conftest import world
from tests.billing.stripe_world import World
from tests.importing.files import HEADER, Desk

__all__ = ["world"]


def desk_of(world: World) -> Desk:
    return Desk(world.database, world.publisher, StripeCheck(world.billing.gateway))


def line(customer: str = "", subscription: str = "", email: str = "anna@example.com") -> str:
    return f"{HEADER}{email},,,,{customer},{subscription},\n"


class TestACustomer:
    def test_a_customer_whom_stripe_does_not_know_is_refused(self, world: World) -> None:
        desk = desk_of(world)
        assert desk.problems(desk.check(line("cus_elsewhere"))) == [(2, "customer")]

    def test_one_of_this_account_is_taken(self, world: World) -> None:
        desk, made = (
            desk_of(world),
            world.billing.gateway.create_customer(email="anna@example.com", metadata={}, idempotency_key="import"),
        )
        number = desk.check(line(made["id"]))
        assert desk.problems(number) == []
        desk.apply(number)
        assert desk.outcomes(number) == ["opened"]

    def test_one_that_is_another_readers_here_is_refused(self, world: World) -> None:
        desk = Desk(world.database, world.publisher)
        desk.take(line("cus_anna"))
        assert desk.problems(desk.check(line("cus_anna", email="bert@example.com"))) == [(2, "customer")]
        assert desk.outcomes(desk.check(line("cus_anna"))) == ["unchanged"]


class TestASubscription:
    def test_one_that_stripe_does_not_know_is_refused(self, world: World) -> None:
        desk = desk_of(world)
        assert desk.problems(desk.check(line(subscription="sub_elsewhere"))) == [(2, "subscription")]

    def test_so_many_are_asked_about_and_no_more(self, world: World) -> None:
        desk = desk_of(world)
        desk.stripe = replace(desk.stripe, left=1) if desk.stripe else None
        assert desk.problems(desk.check(line("cus_elsewhere", "sub_elsewhere"))) == [(2, "customer")]
