"""What readers, accountants and attackers might complain of: each told by a story that once ended badly."""

from sqlalchemy import update

from paywall.billing.changing.pausing import go_on, is_readers_to_end
from paywall.billing.checkout.tables import Customer
from paywall.billing.ledger.tables import Refund
from paywall.billing.reconciling.comparing import reconcile
from paywall.billing.syncing.sync import sync_subscription
from tests.billing.stripe_world import World
from tests.billing.test_disputes import dispute, end, hear, subscription
from tests.billing.test_trials import begin_trial, may_have_one


def winner_with_nothing_paid(world: World) -> tuple[int, str]:
    """Have a reader dispute a payment, a renewal be left out meanwhile, and the dispute be won by the newspaper."""
    reader_id, stripe_id = world.subscriber()
    sync_subscription(world.billing, stripe_id)
    world.time.move(days=25)
    opened = dispute(world, stripe_id)
    world.time.move(days=7)
    world.sandbox.tick()
    hear(world)
    end(world, opened, "winning_evidence")
    return reader_id, stripe_id


class TestTheAccountant:
    def test_finds_every_one_of_many_refunds_of_one_payment(self, world: World) -> None:
        _, stripe_id = world.subscriber()
        sync_subscription(world.billing, stripe_id)
        (invoice,) = world.invoices()
        for number in range(12):
            params = {"payment_intent": invoice.payment_id, "amount": 10}
            world.billing.gateway.create_refund(params, idempotency_key=f"refund {number}")
        sync_subscription(world.billing, stripe_id, with_money_back=True)
        assert sum(row.amount_minor for row in world.rows(Refund)) == world.invoices()[0].refunded_minor == 120


class TestAReader:
    def test_keeps_the_customer_though_a_comparison_ran_with_another_accounts_key(self, world: World) -> None:
        reader_ids = [world.reader() for _ in range(3)]
        for reader_id in reader_ids:
            sync_subscription(world.billing, world.subscribe(world.customer(reader_id)))
        with world.database.writing() as session:
            session.execute(update(Customer).values(stripe_id="cus_other" + Customer.stripe_id))
        reconcile(world.billing, reads_per_second=10_000)
        assert [row.deleted_at for row in world.rows(Customer) if "other" in row.stripe_id] == [None] * 3

    def test_whose_dispute_was_won_after_a_renewal_was_left_out_is_not_shut_out_until_the_next(
        self, world: World
    ) -> None:
        reader_id, _ = winner_with_nothing_paid(world)
        world.time.move(days=2)
        world.sandbox.tick()
        hear(world)
        row = world.current(reader_id)
        assert row
        assert is_readers_to_end(row)
        assert len([one for one in world.sandbox_objects("charge") if one["paid"]]) == 1, "nobody is charged unasked"
        go_on(world.billing, reader_id, world.time.now())
        assert world.may_read(reader_id)

    def test_whose_dispute_was_won_is_charged_again_with_the_next_renewal(self, world: World) -> None:
        reader_id, stripe_id = winner_with_nothing_paid(world)
        world.time.move(days=31)
        world.sandbox.tick()
        hear(world)
        assert subscription(world, stripe_id)["pause_collection"] is None
        assert world.may_read(reader_id)


class TestAnAttacker:
    def test_has_had_the_trial_that_was_over_before_we_heard_of_it(self, world: World) -> None:
        reader_id = world.reader()
        stripe_id = begin_trial(world, reader_id)
        world.billing.gateway.cancel_subscription(stripe_id)
        sync_subscription(world.billing, stripe_id)
        assert not may_have_one(world, reader_id)
