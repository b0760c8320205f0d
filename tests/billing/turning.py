"""Turning time in a test: the stand-in's clock and the product's together."""

from datetime import UTC, datetime

import pytest

from paywall import clock
from tests.billing.stripe_world import World


def turn(world: World, monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    """Move both clocks, in the words of `timedelta`; the test's end puts the product's back."""
    world.time.move(**by)
    monkeypatch.setattr(clock, "_offset", world.time.at - datetime.now(UTC))
