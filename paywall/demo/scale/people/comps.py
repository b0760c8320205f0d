"""Comps: rights that were given away, a year ago or yesterday, for a month or for a year."""

from collections.abc import Iterator
from datetime import timedelta

from paywall.demo.scale.people.crowd import Crowd
from paywall.demo.scale.writing import Values
from paywall.entitlements.rules import Source, Standing

_SHARE = 0.01
_REASONS = ("press card", "prize draw", "apology for an outage", "school project")


def comp_rows(crowd: Crowd, publisher_id: int) -> Iterator[Values]:
    """Yield the comps: one reader in a hundred has one."""
    dice, size = crowd.size.dice("comps"), crowd.size
    for number, index in enumerate(sorted(dice.sample(range(size.readers), int(size.readers * _SHARE)))):
        joined_at = crowd.joined_at(index)
        given_at = joined_at + (size.now - joined_at) * dice.random()
        ends_at = given_at.replace(microsecond=0) + timedelta(days=dice.choice((30, 90, 365)))
        yield {
            "publisher_id": publisher_id,
            "reader_id": crowd.first_id + index,
            "source": Source.COMP.value,
            "source_id": f"comp_scale{number:08d}",
            "standing": Standing.COMP.value,
            "valid_until": ends_at,
            "reason": dice.choice(_REASONS),
            "created_at": given_at.replace(microsecond=0),
            "end_is_told": ends_at <= size.now,
        }
