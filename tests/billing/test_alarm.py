"""A webhook that is silent while Stripe has events raises an alarm, and the alarm ends by itself."""

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from paywall import clock
from paywall.billing.reconciling.alarm import SILENT, WebhookSilent, watch_webhook, webhook_is_heard
from paywall.billing.reconciling.rules import webhook_is_silent
from paywall.billing.reconciling.sweeping import sweep
from paywall.notices import AdminNotice, open_notices
from tests.billing.stripe_world import World

NOW = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
HOUR = timedelta(hours=1)


class TestTheRule:
    @pytest.mark.parametrize(
        ("heard", "missed", "silent"),
        [
            (None, None, False),
            (NOW - HOUR, None, False),
            (None, NOW - HOUR, True),
            (None, NOW - timedelta(minutes=14), False),  # it may still be on its way
            (NOW - 2 * HOUR, NOW - HOUR, True),
            (NOW - HOUR, NOW - 2 * HOUR, False),  # a later one came: the way is open again
        ],
    )
    def test_is_about_events_later_than_the_last_that_came(
        self,
        heard: datetime | None,
        missed: datetime | None,
        silent: bool,
    ) -> None:
        assert webhook_is_silent(heard, missed, NOW) is silent


def swept_later(world: World, **later: float) -> None:
    sweep(world.billing, clock.now() + timedelta(**later), clock.wall())


class TestASilentWebhook:
    def test_is_told_to_admins_once_in_the_log_and_on_the_readiness_page(self, world: World) -> None:
        world.subscriber()
        with capture_logs() as logs:
            swept_later(world, minutes=1)
            assert world.rows(AdminNotice) == []
            for minutes in (20, 25):
                swept_later(world, minutes=minutes)
        (notice,) = world.rows(AdminNotice)
        assert (notice.kind, notice.cleared_at) == (SILENT, None)
        assert len([line for line in logs if line.get("alarm")]) == 1
        with pytest.raises(WebhookSilent):
            webhook_is_heard(world.database)

    def test_is_forgiven_as_soon_as_an_event_comes_that_way(self, world: World) -> None:
        world.subscriber()
        swept_later(world, minutes=20)
        world.time.move(minutes=21)
        world.subscriber()
        world.keep(world.events()[-1])
        with world.database.writing() as session:
            assert not watch_webhook(session, clock.now() + HOUR, clock.wall())
            assert open_notices(session) == []
        webhook_is_heard(world.database)

    def test_is_not_suspected_where_a_swept_event_comes_after_all(self, world: World) -> None:
        world.subscriber()
        swept_later(world, minutes=1)
        world.keep_all()  # Stripe tries again, and the events are known already
        swept_later(world, minutes=30)
        assert world.rows(AdminNotice) == []

    def test_is_not_suspected_where_nothing_happens_at_stripe(self, world: World) -> None:
        swept_later(world, days=3)
        assert world.rows(AdminNotice) == []
