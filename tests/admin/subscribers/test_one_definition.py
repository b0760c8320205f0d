"""Each rule that a filter uses is there twice, in Python and for the database: they say the same of every row."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from paywall.billing.subscriptions.conditions import has_status, is_current, is_second
from paywall.billing.subscriptions.status import Status
from paywall.billing.subscriptions.status import is_second as is_second_by_rule
from paywall.billing.subscriptions.tables import Subscription
from paywall.entitlements.conditions import comes_from, grants_access, is_last, stands
from paywall.entitlements.rules import Source, Standing, last
from paywall.entitlements.tables import EntitlementRow
from tests.admin.subscribers.world import World


def held(world: World, row: Any, condition: ColumnElement[bool]) -> set[int]:
    with world.database.reading() as session:
        return set(session.scalars(select(row.id).where(condition)))


def rights(world: World) -> list[EntitlementRow]:
    with world.database.reading() as session:
        return list(session.scalars(select(EntitlementRow)))


def subscriptions(world: World) -> list[Subscription]:
    with world.database.reading() as session:
        return list(session.scalars(select(Subscription)))


class TestRights:
    def test_who_is_let_in_at_every_end_just_before_and_just_after(self, world: World) -> None:
        rows, tick = rights(world), timedelta(microseconds=1)
        for now in [end + off for end in {row.valid_until for row in rows} for off in (-tick, 0 * tick, tick)]:
            by_rule = {row.id for row in rows if row.value.grants_access(now)}
            assert held(world, EntitlementRow, grants_access(EntitlementRow, now)) == by_rule

    def test_sources_and_standings(self, world: World) -> None:
        rows = rights(world)
        for source in Source:
            by_rule = {row.id for row in rows if row.value.source is source}
            assert held(world, EntitlementRow, comes_from(EntitlementRow, source)) == by_rule != set()
        for standing in Standing:
            by_rule = {row.id for row in rows if row.value.standing is standing}
            assert held(world, EntitlementRow, stands(EntitlementRow, standing)) == by_rule != set()

    def test_each_reader_has_one_last_right_and_it_ends_when_the_rule_says(self, world: World) -> None:
        by_reader: dict[int, list[EntitlementRow]] = {}
        for row in rights(world):
            by_reader.setdefault(row.reader_id, []).append(row)
        by_condition = held(world, EntitlementRow, is_last(EntitlementRow))
        for rows in by_reader.values():
            (end,) = [row.valid_until for row in rows if row.id in by_condition]
            right = last(row.value for row in rows)
            assert right is not None
            assert right.valid_until == end


class TestSubscriptions:
    def test_every_status(self, world: World) -> None:
        rows = subscriptions(world)
        for status in Status:
            by_rule = {row.id for row in rows if row.status == status}
            assert held(world, Subscription, has_status(Subscription, status)) == by_rule != set()

    def test_which_is_current_and_which_a_second_one(self, world: World) -> None:
        rows = subscriptions(world)
        current = {row.id for row in rows if row.is_current}
        second = {row.id for row in rows if is_second_by_rule(row.status, is_current=row.is_current)}
        assert held(world, Subscription, is_current(Subscription)) == current != set()
        assert held(world, Subscription, is_second(Subscription)) == second != set()
