"""Access that is taken away: every process shuts at its next look at the changes, which is two seconds away at most."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from paywall import clock
from paywall.app import Product
from paywall.changes import POLL_SECONDS
from paywall.gate import passes
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.readers.ending import end_access, end_sign_ins
from paywall.readers.tables import Reader
from tests.gate.conftest import add_article
from tests.gate.visits import Browser

Change = Callable[..., None]


@pytest.fixture
def subscriber(browser: Browser, entitle: Change) -> Browser:
    browser.sign_up("leyla@example.org")
    entitle(1)
    assert browser.decision("subscribers-0") == "full; reason=subscribed"
    assert browser.kept("pass")
    return browser


def test_processes_look_at_the_changes_often_enough_for_five_seconds() -> None:
    assert POLL_SECONDS * 2 < 5


class TestAfterARefund:
    def test_both_processes_shut_once_they_have_heard(
        self, subscriber: Browser, entitle: Change, product: Product, other_process: Product
    ) -> None:
        elsewhere = subscriber.copy(other_process.flask)
        assert elsewhere.decision("subscribers-1") == "full; reason=subscribed"
        entitle(1, days=-1)
        for process, browser in ((product, subscriber), (other_process, elsewhere)):
            process.follower.poll()
            assert browser.decision("subscribers-0") == "preview; reason=subscription_required"

    def test_a_process_that_starts_later_refuses_the_old_pass(self, subscriber: Browser, product: Product) -> None:
        from paywall.app import create_product  # noqa: PLC0415

        old = subscriber.kept("pass")
        assert old
        with product.database.writing() as session:
            end_access(session, 1)
            end_sign_ins(session, 1)
        late = create_product(product.settings)
        late.follower.poll()
        thief = Browser(late.flask)
        thief.put("pass", old)
        assert thief.decision("subscribers-0") == "preview; reason=subscription_required"
        late.database.close()


class TestAfterSigningOut:
    def test_copied_cookies_open_nothing_in_any_process(
        self, subscriber: Browser, product: Product, other_process: Product
    ) -> None:
        copies = [subscriber.copy(), subscriber.copy(other_process.flask)]
        subscriber.post("/logout")
        for process in (product, other_process):
            process.follower.poll()
        for thief in copies:
            assert thief.decision("subscribers-0") == "preview; reason=subscription_required"
            assert not thief.kept("pass")


class TestAPassOfSomeAge:
    def aged(self, product: Product, browser: Browser, seconds: int) -> None:
        """Give the browser its own pass, minted so many seconds earlier."""
        key = passes.pass_key(product.settings.secret_key)
        known = passes.read(key, browser.kept("pass") or "")
        assert known
        browser.put("pass", passes.mint(key, known._replace(minted_at=known.minted_at - seconds)))

    def test_is_renewed_after_two_minutes(self, subscriber: Browser, product: Product) -> None:
        self.aged(product, subscriber, 110)
        assert "Set-Cookie" not in subscriber.read("subscribers-0").headers
        self.aged(product, subscriber, 12)
        cookie = subscriber.read("subscribers-0").headers["Set-Cookie"]
        assert cookie.startswith("__Host-pass=")
        assert "; Secure; HttpOnly; SameSite=Lax" in cookie

    def test_is_dead_after_five_without_its_session(self, subscriber: Browser, product: Product) -> None:
        self.aged(product, subscriber, passes.LIFE_SECONDS)
        thief = Browser(product.flask)
        thief.put("pass", subscriber.kept("pass") or "")
        assert thief.decision("subscribers-0") == "preview; reason=subscription_required"

    def test_does_not_outlast_the_right_it_was_built_on(
        self, browser: Browser, entitle: Change, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser.sign_up("leyla@example.org")
        entitle(1, days=1)
        assert browser.decision("subscribers-0") == "full; reason=subscribed"
        monkeypatch.setattr(clock, "_offset", timedelta(days=1, seconds=1))
        assert browser.decision("subscribers-0") == "preview; reason=subscription_required"


class TestAnotherPublisher:
    def test_takes_no_pass_and_no_session_of_ours(self, subscriber: Browser, product: Product) -> None:
        with product.database.writing() as session:
            other = set_up_publisher(session, NewPublisher("other", "Other", "other.test"))
            ensure_section(session, other, "news", "News")
            session.add(
                Reader(
                    publisher_id=other.id, email="a@b.c", email_normalized="a@b.c", fs_uniquifier="x",
                    created_at=clock.now(),
                )
            )  # fmt: skip
        add_article(product.database, other.id, "theirs", access="subscribers")
        thief = Browser(product.flask, host="other.test")
        for name in ("session", "pass", "visitor"):
            value = subscriber.kept(name)
            if value:
                thief.client.set_cookie(f"__Host-{name}", value, domain="other.test", path="/", secure=True)
        assert thief.decision("theirs") == "preview; reason=subscription_required"
