"""Two clicks at the same moment are one deed, at Stripe as in the audit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

from paywall import clock
from paywall.billing.changing.asking import current
from paywall.billing.changing.cancelling import cancel
from paywall.billing.changing.choosing import CannotChangeNow
from paywall.billing.changing.pausing import NotPaused, go_on, pause
from paywall.billing.changing.previewing import preview_change
from paywall.billing.changing.reasons import Farewell, Via
from paywall.billing.changing.switching import Order, OutdatedPreview, switch
from paywall.errors import Unavailable
from tests.account.conftest import Home

CLICKS = 4


def together(deed: Callable[[], object]) -> None:
    """Do it several times at once; who comes second may be told to wait, or that it is done."""
    start = Barrier(CLICKS)

    def click(_: int) -> None:
        start.wait()
        with suppress(Unavailable, CannotChangeNow, OutdatedPreview, NotPaused):
            deed()

    with ThreadPoolExecutor(CLICKS) as pool:
        list(pool.map(click, range(CLICKS)))


def ordered(home: Home, key: str) -> Callable[[], object]:
    """Return the click that orders what a preview said."""
    shown = preview_change(home.world.billing, home.reader.id, key, clock.now())
    order = Order(key, shown.seal, shown.at)
    return lambda: switch(home.world.billing, home.reader.id, order, clock.now())


class TestClicksAtTheSameMoment:
    def test_on_an_upgrade_charge_once(self, home: Home) -> None:
        key = home.sells("plus", 1499)
        home.subscribe()
        home.turn(days=10)
        together(ordered(home, key))
        home.turn(minutes=1)
        assert len(home.world.invoices()) == 2
        assert "Next payment 14.99" in home.state()

    def test_on_a_downgrade_schedule_once(self, home: Home) -> None:
        key = home.sells("basic", 299)
        home.subscribe()
        together(ordered(home, key))
        home.turn(minutes=1)
        assert len(home.world.sandbox_objects("subscription_schedule")) == 1
        assert "you pay 2.99" in home.state()

    def test_on_cancelling_ask_once(self, home: Home) -> None:
        home.subscribe()
        row = current(home.world.billing, home.reader.id)
        together(lambda: cancel(home.world.billing, row, Farewell(), Via.ACCOUNT))
        assert home.deeds().count("cancellation_asked") == 1
        assert [mail.kind for mail in home.world.mails()].count("billing_cancelled") == 1

    def test_on_going_on_begin_one_period(self, home: Home) -> None:
        home.subscribe()
        pause(home.world.billing, home.reader.id, 3, clock.now())
        home.turn(days=45)
        together(lambda: go_on(home.world.billing, home.reader.id, clock.now()))
        home.turn(minutes=1)
        assert [one.paid_minor for one in home.world.invoices() if one.status == "paid"] == [499, 499]
