"""The newspaper keeps up with a clock that is turned."""

import threading

from paywall.billing.webhooks.drain import drain_once
from paywall.database import Database
from paywall.demo.catching_up import catch_up
from paywall.settings import Settings
from paywall.work import Work
from tests.billing.conftest import quick_passwords, world
from tests.billing.stripe_world import World

__all__ = ["quick_passwords", "world"]


class TestTheClockStandsAgain:
    def test_only_when_the_payment_that_the_drain_was_at_has_been_noted(self, world: World, database: Database) -> None:
        """The complaint: "To the next renewal" had ended, and the account still knew nothing of the failed payment."""
        reader_id, _ = world.subscriber()
        world.keep_all()
        answer = threading.Event()
        world.sandbox.faults.add("GET /v1/subscriptions/<id>", gate=answer, gate_at="after")
        world.reads()
        drain = threading.Thread(target=drain_once, args=(world.billing,))
        drain.start()
        while not world.sandbox.calls:
            answer.wait(0.005)
        answered = threading.Timer(0.3, answer.set)
        answered.start()
        catch_up(Work(Settings("0123456789abcdef" * 2, "https://news.test"), database, world.billing))
        assert world.may_read(reader_id)
        drain.join()
