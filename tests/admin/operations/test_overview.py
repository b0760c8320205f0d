"""The first page of operations, comparisons with Stripe, and notices that somebody has dealt with."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.admin.operations.words import job_line
from paywall.app import Product
from paywall.billing.reconciling.tables import Comparison, DriftRow
from paywall.jobs import JobRun, note_run
from paywall.notices import AdminNotice, open_notices, raise_notice
from paywall.publishers.profiles import choose
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.operations.things import customer_of, failed_event, mail
from tests.staff.people import Person, deeds, member, person

HERE = "/admin/operations"


@pytest.fixture
def support(product: Product) -> Person:
    person(product, "ada@example.com")
    customer_of(product, "ada@example.com", "news", "cus_1")
    return member(product, Role.SUPPORT)


def notice(product: Product, slug: str | None, kind: str = "webhook_disabled") -> int:
    publisher_id = choose(product.database, slug).id if slug else None
    with product.database.writing() as session:
        raise_notice(session, kind, f"{slug}", publisher_id=publisher_id, hours=24)
        return session.scalars(select(AdminNotice.id).where(AdminNotice.cause == f"{slug}")).one()


class TestTheFirstPage:
    def test_it_counts_what_needs_a_hand(self, product: Product, support: Person) -> None:
        failed_event(product, "evt_failed")
        mail(product, "lost", given_up_at=clock.wall())
        page = support.browser.get(HERE).text
        cards = re.findall(r'class="figure">([^<]*)</span> <a href="[^"]*">([^<]*)</a>( <span class="status)?', page)
        found = {words: (figure, bool(alarm)) for figure, words, alarm in cards}
        assert found["events that failed"] == ("1", True)
        assert found["mails given up"] == ("1", True)
        assert found["mails that failed"] == ("0", False)

    def test_it_says_what_works(self, support: Person) -> None:
        page = support.browser.get(HERE).text
        for part in ("Database", "Meter of views", "Stripe&#39;s webhook"):
            assert re.search(f'{part}</th><td><span class="status status-good">works', page)

    def test_a_degraded_part_is_named(self, product: Product, support: Person) -> None:
        notice(product, None, "webhook_silent")
        page = support.browser.get(HERE).text
        assert 'webhook</th><td><span class="status status-bad">out of reach' in page
        assert "never came by the webhook" in page

    def test_jobs_are_listed_with_why_they_fail(self, product: Product, support: Person) -> None:
        with product.database.writing() as session:
            note_run(session, "mails", "OSError: no mail server")
            note_run(session, "sweep")
        page = support.browser.get(HERE).text
        assert re.search(r"mails</th>\s*<td><span class=\"status status-bad\">fails", page)
        assert re.search(r"sweep</th>\s*<td><span class=\"status status-good\">runs", page)
        assert "OSError: no mail server" in page


class TestNotices:
    def test_ours_and_the_deployments_are_told_in_words(self, product: Product, support: Person) -> None:
        notice(product, "news", "no_payments")
        notice(product, "other", "no_payments_theirs")
        page = support.browser.get(HERE).text
        assert "No payment has come for 24 hours" in page
        assert "No payments theirs" not in page

    def test_one_that_was_dealt_with_is_cleared_once(self, product: Product, support: Person) -> None:
        number = notice(product, "news")
        assert set(send_at_once(support, f"{HERE}/notices/{number}/clearing", {})) == {303}
        with product.database.reading() as session:
            assert open_notices(session) == []
        [deed] = deeds(product, "notice_cleared")
        assert deed.detail == {"kind": "webhook_disabled"}

    @pytest.mark.parametrize("slug", ["other", None])
    def test_nobody_clears_what_is_not_theirs(self, product: Product, support: Person, slug: str | None) -> None:
        number = notice(product, slug)
        assert support.act(f"{HERE}/notices/{number}/clearing").status_code == 404
        with product.database.reading() as session:
            assert len(open_notices(session)) == 1


class TestJobs:
    @pytest.mark.parametrize(
        ("name", "minutes", "state"),
        [("mails", 1, "runs"), ("mails", 5, "has not run lately"), ("old events", 300, "runs")],
    )
    def test_how_late_is_late_depends_on_the_job(self, name: str, minutes: int, state: str) -> None:
        now = clock.wall()
        run = JobRun(name=name, ended_at=now - timedelta(minutes=minutes))
        assert job_line(run, now).state.words == state

    def test_one_that_went_well_since_it_failed_runs(self) -> None:
        now = clock.wall()
        run = JobRun(name="mails", ended_at=now, failed_at=now - timedelta(seconds=9), error="x")
        assert job_line(run, now).state.words == "runs"


class TestComparisons:
    @pytest.fixture
    def compared(self, product: Product) -> int:
        """A comparison that found a drift of ours and one of somebody else's."""
        with product.database.writing() as session:
            row = Comparison(started_at=clock.now(), finished_at=clock.now(), compared=1234, foreign=2)
            session.add(row)
            session.flush()
            for subject in ("cus_1", "cus_2"):
                facts = {"what": "status", "ours": f"{subject} active", "theirs": "canceled", "outcome": "repaired"}
                session.add(DriftRow(comparison_id=row.id, subject=subject, **facts))
            return row.id

    def test_show_our_own_drifts(self, support: Person, compared: int) -> None:
        for query in ("", f"?report={compared}"):
            page = support.browser.get(f"{HERE}/reports{query}").text
            assert "1,234" in page
            assert "cus_1 active" in page
            assert "cus_2" not in page

    def test_one_that_there_was_not_is_not_found(self, support: Person) -> None:
        assert support.browser.get(f"{HERE}/reports?report=7").status_code == 404
        assert support.browser.get(f"{HERE}/reports?report=x").status_code in (400, 422)

    def test_none_at_all_says_how_to_begin(self, support: Person) -> None:
        assert "paywall reconcile" in support.browser.get(f"{HERE}/reports").text
