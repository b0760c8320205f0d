"""The CSV: everybody who is in the list, in its order, in cells that no spreadsheet runs."""

import csv
import io

import pytest

from paywall.admin.ground import sheets
from paywall.admin.subscribers import export as exporting
from paywall.admin.subscribers.asking.question import Question
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.admin.subscribers.export import HEADER, export
from paywall.admin.subscribers.finding.choosing import Asked
from paywall.billing.subscriptions.status import Status
from tests.admin.subscribers.naive import Person, ids_in_order
from tests.admin.subscribers.world import CHOICES, NOW, World


def exported(world: World, question: Question) -> list[dict[str, str]]:
    pieces = export(world.database, Asked(world.publisher_id, question, CHOICES, NOW))
    text = b"".join(pieces).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == list(HEADER)
    return [dict(zip(HEADER, row, strict=True)) for row in rows[1:]]


class TestRows:
    @pytest.mark.parametrize("sort", Sort)
    def test_everybody_is_in_it_once_and_in_order_however_small_the_pieces(
        self, world: World, people: list[Person], sort: Sort, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exporting, "AT_ONCE", 7)
        question = Question(sort=sort)
        assert [int(row["account"]) for row in exported(world, question)] == ids_in_order(people, question)

    def test_filters_hold(self, world: World, people: list[Person]) -> None:
        question = Question(status=Status.PAST_DUE)
        rows = exported(world, question)
        assert rows
        assert {row["status"] for row in rows} == {"past_due"}
        assert len(rows) == len(ids_in_order(people, question))

    def test_an_empty_list_has_its_header(self, world: World) -> None:
        assert exported(world, Question(text="nobody@nowhere.test")) == []

    def test_it_comes_in_pieces(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "AT_ONCE", 10)
        pieces = list(export(world.database, Asked(world.publisher_id, Question(), CHOICES, NOW)))
        assert len(pieces) > 7
        assert max(map(len, pieces)) < 4_000

    def test_amounts_are_in_main_units_of_their_currency(self, world: World) -> None:
        rows = exported(world, Question())
        assert {(row["currency"], row["amount"]) for row in rows} == {("EUR", "4.99"), ("JPY", "499"), ("", "")}


class TestFormulas:
    def test_addresses_are_made_harmless_too(self, world: World) -> None:
        addresses = [row["address"] for row in exported(world, Question(text="=1+1"))]
        assert addresses
        assert all(address.startswith("'=1+1") for address in addresses)
