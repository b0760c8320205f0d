"""The instants and windows of the meter's contract, and what a reader holds open in them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from paywall.meter.store import MeterStore
from paywall.meter.windows import WindowRule, window_at
from paywall.publishers.rules import WindowKind

NewReader = Callable[[], str]
NOW = datetime(2031, 11, 23, 12, tzinfo=UTC)
MONTHLY = WindowRule(WindowKind.MONTH, timezone="Asia/Baku")
ROLLING = WindowRule(WindowKind.ROLLING, days=30)
MONTH = window_at(MONTHLY, NOW)
NEXT_MONTH = window_at(MONTHLY, NOW + timedelta(days=20))


def opened_by(store: MeterStore, reader: str, articles: list[str]) -> set[str]:
    return {article for article in articles if store.peek(reader, article, MONTH).opened}
