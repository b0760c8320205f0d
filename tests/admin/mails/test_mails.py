"""Every mail that a reader may get, as it reads."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.billing.letters.samples import SAMPLES, sample_values
from paywall.billing.letters.sheet import Sheet
from paywall.billing.links import Links
from paywall.installation import folder
from paywall.letters.kinds import KINDS
from paywall.outbox import OutboxMail
from paywall.publishers.letterhead import letterhead
from paywall.publishers.profiles import choose
from paywall.publishers.tables import Publisher
from tests.staff.people import Person

LIST = "/admin/mails"


def sell(viewer: Person) -> None:
    new = NewPlan("digital", "Digital", "All.", (NewPrice(Interval.MONTH, Money(499, "AZN")),))
    with viewer.product.database.writing() as session:
        set_up_plan(session, session.get_one(Publisher, viewer.publisher_id), new)


class TestTheList:
    def test_has_every_mail_that_readers_get_by_themselves(self, viewer: Person) -> None:
        kinds = set(re.findall(rf'href="{LIST}/(\w+)"', viewer.browser.get(LIST).text))
        files = {path.stem for path in Path(folder("templates"), "mail").glob("*.letter")}
        assert kinds == files == set(KINDS)

    def test_says_that_all_are_in_our_words_at_first(self, viewer: Person) -> None:
        page = viewer.browser.get(LIST).text
        assert (page.count(">ours</span>"), "yours: " in page) == (len(KINDS), False)


class TestAMail:
    def test_is_shown_whole_and_never_sent(self, viewer: Person) -> None:
        sell(viewer)
        for sample in SAMPLES:
            page = viewer.browser.get(f"{LIST}/{sample.kind}")
            assert (page.status_code, "<pre" in page.text, "None" in page.text) == (200, True, False), sample.kind
        with viewer.product.database.reading() as session:
            assert session.query(OutboxMail).filter(OutboxMail.kind.startswith("billing_")).count() == 0

    def test_names_the_papers_own_price_in_each_language(self, viewer: Person) -> None:
        sell(viewer)
        amounts = {
            language: "4,99" in viewer.browser.get(f"{LIST}/billing_started?language={language}").text
            for language in ("en", "az", "ru")
        }
        assert amounts == {"en": False, "az": True, "ru": True}

    def test_says_until_when_one_reads_on(self, viewer: Person) -> None:
        assert "you can still read until" in viewer.browser.get(f"{LIST}/billing_payment_failed").text
        assert "you can read until" in viewer.browser.get(f"{LIST}/billing_cancelled").text

    def test_is_framed_by_our_own_pages_only_and_runs_no_script(self, viewer: Person) -> None:
        policy = viewer.browser.get(f"{LIST}/reset/html").headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "sandbox" in policy.split("; ")
        assert "script-src" not in policy

    def test_of_a_kind_that_there_is_not_is_not_shown(self, viewer: Person) -> None:
        for kind in ["nothing", "%00", "layout", "..%2Fadmin%2Flayout", "blocks"]:
            assert viewer.browser.get(f"{LIST}/{kind}").status_code == 404

    def test_is_due_on_every_day_of_the_year(self, viewer: Person) -> None:
        profile = choose(viewer.product.database, "news")
        head = letterhead(profile, "https://news.test")
        with viewer.product.database.reading() as session:
            sheet = Sheet(session, profile, head, Links("0123456789abcdef" * 2))
            for day in range(0, 366, 5):
                now = datetime(2027, 12, 31, 23, tzinfo=UTC) + timedelta(days=day)
                assert all(sample_values(sheet, one.kind, now) for one in SAMPLES)
