"""One act on many readers: counted first, done once to each, whatever is interrupted."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from html import unescape
from types import MappingProxyType
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from paywall import clock
from paywall.admin.acting.bulk import carrying_out, views
from paywall.admin.acting.bulk.carrying_out import carry_on
from paywall.admin.acting.bulk.rules import DONE, ERASED, HAS_MORE, HAS_NOTHING, STAFF
from paywall.admin.acting.bulk.tables import BulkActReader
from paywall.app import Product
from paywall.entitlements.comps import give_comp
from paywall.entitlements.reading import entitlements_of
from paywall.entitlements.tables import EntitlementRow
from paywall.publishers.profiles import choose
from paywall.readers.tables import Reader
from paywall.staff.acts import new_act
from paywall.staff.rules import Role
from tests.admin.acting.twice import send_at_once
from tests.billing.stripe_world import add_reader
from tests.staff.people import Person, deeds, member, person

HERE = "/admin/subscribers/bulk"
WHY = "The site was down"


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


@pytest.fixture
def readers(product: Product, support: Person) -> list[int]:
    """Sixty readers: twenty have a comp of ten days."""
    ids = [add_reader(product.database, support.publisher_id, f"reader{n}@example.org") for n in range(60)]
    with product.database.writing() as session:
        for reader_id in ids[:20]:
            give_comp(session, support.publisher_id, reader_id, days=10, reason=WHY, actor="test")
    return ids


def comps(product: Product, reader_ids: list[int]) -> list[int]:
    """Return how many rights each reader has."""
    with product.database.reading() as session:
        return [len(entitlements_of(session, one)) for one in reader_ids]


def form_of(support: Person, **asked: str) -> dict[str, str]:
    """Return the form that confirms, as the preview has it."""
    page = support.browser.get(f"{HERE}?{urlencode(asked)}")
    assert page.status_code == 200
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found if name not in ("csrf_token", "act")}


def ticks(support: Person, ids: list[int], **asked: str) -> MultiDict[str, str]:
    """Return the form that confirms an act on those who were ticked, as the preview has it."""
    page = support.browser.get(HERE, query_string={"whom": "ticked", "query": "", "reader": ids, **asked})
    assert page.status_code == 200
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return MultiDict((name, unescape(value)) for name, value in found if name not in ("csrf_token", "act"))


def sends(support: Person, form: MultiDict[str, str]) -> TestResponse:
    tokens = [("csrf_token", support.browser.csrf_token()), ("act", new_act())]
    return support.browser.client.post(
        HERE, data=MultiDict([*form.items(multi=True), *tokens]), base_url="https://news.test"
    )


def outcomes(product: Product) -> list[str | None]:
    with product.database.reading() as session:
        return [one.outcome for one in session.query(BulkActReader)]


def stops_after(times: int) -> Callable[[], bool]:
    """Return what says that it is enough after so many times."""
    left = iter([False] * times)
    return lambda: next(left, True)


class TestThePreview:
    def test_it_says_to_how_many_and_to_whom_not_and_changes_nothing(
        self, product: Product, support: Person, readers: list[int]
    ) -> None:
        page = support.browser.get(
            f"{HERE}?{urlencode({'kind': 'extend', 'days': '7', 'reason': WHY, 'query': ''})}"
        ).text
        assert "done to 20 of 61 readers" in page
        assert (HAS_NOTHING in page, STAFF in page) == (True, True)
        assert comps(product, readers) == [1] * 20 + [0] * 40

    def test_only_whom_the_list_shows_is_counted(self, support: Person, readers: list[int]) -> None:
        asked = {"kind": "comp", "days": "7", "reason": WHY, "query": "q=reader1"}
        page = support.browser.get(f"{HERE}?{urlencode(asked)}").text
        assert f"of {len([n for n in range(len(readers)) if str(n).startswith('1')])} readers" in page
        assert HAS_MORE in page

    @pytest.mark.parametrize(
        "wrong",
        [{"kind": "x"}, {"days": "0"}, {"days": "x"}, {"reason": ""}, {"query": "status=nope"}, {"query": "x=1"}],
    )
    def test_what_makes_no_sense_is_refused(self, support: Person, wrong: dict[str, str]) -> None:
        asked = {"kind": "comp", "days": "7", "reason": WHY, "query": "", **wrong}
        assert support.browser.get(f"{HERE}?{urlencode(asked)}").status_code in (400, 422)


class TestDoingIt:
    def test_as_many_others_than_were_shown_are_not_taken_for_them(
        self, product: Product, support: Person, readers: list[int]
    ) -> None:
        form = form_of(support, kind="comp", days="7", reason=WHY, query="")
        with product.database.writing() as session:
            give_comp(session, support.publisher_id, readers[30], days=10, reason=WHY, actor="test")
            session.execute(delete(EntitlementRow).where(EntitlementRow.reader_id == readers[0]))
        assert support.act(HERE, form).status_code == 422
        assert deeds(product, "bulk_act_asked") == []

    def test_from_several_tabs_at_once_each_reader_gets_it_once(
        self, product: Product, support: Person, readers: list[int]
    ) -> None:
        form = form_of(support, kind="comp", days="7", reason=WHY, query="")
        send_at_once(support, HERE, form)
        carry_on(product.database, lambda: False)  # what was not done within two seconds
        assert comps(product, readers) == [1] * 60
        assert (len(deeds(product, "bulk_act_asked")), outcomes(product).count(DONE)) == (1, 40)
        assert len([one for one in deeds(product, "comp_given") if one.actor == support.staff.actor]) == 40

    def test_extending_moves_the_end_of_each_once(self, product: Product, support: Person, readers: list[int]) -> None:
        support.act(HERE, form_of(support, kind="extend", days="7", reason=WHY, query=""))
        with product.database.reading() as session:
            first, second = sorted(one.valid_until for one in entitlements_of(session, readers[0]))
        assert second - first == timedelta(days=7)
        assert second > clock.now()

    def test_signing_out_ends_readers_and_leaves_the_staff(self, product: Product, support: Person) -> None:
        reader = person(product, "leyla@example.com")
        form = form_of(support, kind="sign-out", query="")
        answer = support.act(HERE, form)
        assert "Done to 1." in support.browser.get(answer.location).text
        assert (reader.browser.is_signed_in(), support.browser.is_signed_in()) == (False, True)

    def test_a_list_that_has_changed_is_shown_anew(self, product: Product, support: Person, readers: list[int]) -> None:
        form = form_of(support, kind="comp", days="7", reason=WHY, query="")
        add_reader(product.database, support.publisher_id, "late@example.org")
        assert support.act(HERE, form).status_code == 422
        assert comps(product, readers) == [1] * 20 + [0] * 40

    def test_the_act_of_another_newspaper_is_not_shown(self, product: Product, support: Person) -> None:
        person(product, "leyla@example.com")
        location = support.act(HERE, form_of(support, kind="sign-out", query="")).location
        other = member(product, Role.SUPPORT, "them@example.com", "other")
        assert other.browser.get(location).status_code == 404


class TestThoseWhoWereTicked:
    COMP = MappingProxyType({"kind": "comp", "days": "7", "reason": WHY})

    def test_each_row_of_the_list_can_be_ticked_by_its_address(self, support: Person, readers: list[int]) -> None:
        page = support.browser.get("/admin/subscribers?q=reader59").text
        assert f'name="reader" value="{readers[59]}"><span class="visually-hidden">Tick reader59@example.org' in page

    def test_a_viewer_can_tick_nobody(self, product: Product, readers: list[int]) -> None:
        page = member(product, Role.VIEWER).browser.get("/admin/subscribers").text
        assert (len(readers), "checkbox" in page) == (60, False)

    def test_the_preview_says_who(self, product: Product, support: Person, readers: list[int]) -> None:
        asked = {"whom": "ticked", "query": "", "reader": [readers[0], readers[30]], **self.COMP}
        page = support.browser.get(HERE, query_string=asked).text
        assert ("done to 1 of 2 readers" in page, f"not done: {HAS_MORE}" in page) == (True, True)
        assert {f"reader{n}@example.org" for n in (0, 30)} == set(re.findall(r"reader\d+@example.org", page))
        assert comps(product, readers) == [1] * 20 + [0] * 40

    def test_nobody_else_gets_it(self, product: Product, support: Person, readers: list[int]) -> None:
        assert sends(support, ticks(support, readers[28:32], **self.COMP)).status_code == 303
        assert comps(product, readers) == [1] * 20 + [0] * 8 + [1] * 4 + [0] * 28

    def test_where_nobody_is_ticked_it_is_not_taken_for_everybody(
        self, product: Product, support: Person, readers: list[int]
    ) -> None:
        answer = support.browser.get(HERE, query_string={"whom": "ticked", "query": "", **self.COMP})
        assert (answer.status_code, "Nobody is ticked" in answer.text) == (422, True)
        form = MultiDict({"whom": "ticked", "query": "", "seal": "x", **self.COMP})
        assert sends(support, form).status_code == 422
        assert (outcomes(product), len(readers)) == ([], 60)

    @pytest.mark.parametrize("wrong", ["other", "999999", "-1", "x", "1" * 30, ""])
    def test_with_somebody_who_is_not_ours_among_them_nothing_is_done(
        self, product: Product, support: Person, readers: list[int], wrong: str
    ) -> None:
        other = add_reader(product.database, choose(product.database, "other").id, "theirs@example.org")
        form = ticks(support, readers[30:32], **self.COMP)
        form.add("reader", str(other) if wrong == "other" else wrong)
        assert support.browser.get(HERE, query_string=form).status_code == 404
        assert sends(support, form).status_code == 404
        assert (outcomes(product), comps(product, readers[30:32])) == ([], [0, 0])

    def test_others_than_were_shown_are_not_taken_for_them(
        self, product: Product, support: Person, readers: list[int]
    ) -> None:
        form = ticks(support, readers[30:32], **self.COMP)
        form.add("reader", str(readers[40]))
        assert sends(support, form).status_code == 422
        assert outcomes(product) == []

    def test_whose_account_was_erased_is_left_out(self, product: Product, support: Person, readers: list[int]) -> None:
        with product.database.writing() as session:
            session.get_one(Reader, readers[30]).active = False
        page = support.browser.get(HERE, query_string={"whom": "ticked", "reader": readers[30:32], **self.COMP}).text
        assert ("done to 1 of 2 readers" in page, f"not done: {ERASED}" in page) == (True, True)


class TestAnInterruption:
    @pytest.fixture
    def begun(self, support: Person, readers: list[int], monkeypatch: pytest.MonkeyPatch) -> tuple[Person, list[int]]:
        """An act on many of which nothing could be done yet: the process died."""
        form = form_of(support, kind="comp", days="7", reason=WHY, query="")
        with monkeypatch.context() as patch:
            patch.setattr(views, "ANSWERS_WITHIN", -1.0)
            assert support.act(HERE, form).status_code == 303
        return support, readers

    def test_what_was_left_is_done_by_the_next(self, product: Product, begun: tuple[Person, list[int]]) -> None:
        assert outcomes(product).count(None) == 61
        carry_on(product.database, stops_after(2))
        assert outcomes(product).count(None) == 61 - 2 * carrying_out.AT_ONCE
        carry_on(product.database, lambda: False)
        assert comps(product, begun[1]) == [1] * 60

    def test_who_dies_in_the_middle_has_done_nothing_by_half(
        self, product: Product, begun: tuple[Person, list[int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole, count = carrying_out._do, iter(range(100))

        def dies(*args: object) -> None:
            if next(count) == 10:
                raise KeyboardInterrupt
            whole(*args)  # type: ignore[arg-type]

        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(carrying_out, "_do", dies)
            carry_on(product.database, lambda: False)
        assert sum(comps(product, begun[1])) - 20 == outcomes(product).count(DONE) < 40
        carry_on(product.database, lambda: False)
        assert comps(product, begun[1]) == [1] * 60

    def test_one_who_was_given_more_meanwhile_is_left_out(
        self, product: Product, begun: tuple[Person, list[int]]
    ) -> None:
        with product.database.writing() as session:
            publisher_id = choose(product.database, "news").id
            give_comp(session, publisher_id, begun[1][-1], days=30, reason=WHY, actor="test")
        carry_on(product.database, lambda: False)
        assert comps(product, begun[1])[-1] == 1
