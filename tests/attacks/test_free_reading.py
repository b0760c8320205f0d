"""Nobody reads more for nothing than the allowance says, whatever is done to cookies and addresses."""

import threading

import pytest

from paywall.app import Product
from paywall.changes import ChangeKind, record
from paywall.publishers.tables import Publisher
from tests.attacks.conftest import METERED
from tests.gate.visits import CANARY, Browser

ALLOWANCE, READER_ALLOWANCE, CAP = 3, 5, 6


@pytest.fixture
def capped(product: Product) -> Product:
    """A product whose publisher lets one network and browser read six articles without cookies."""
    with product.database.writing() as session:
        session.get_one(Publisher, 1).network_cap_factor = CAP // ALLOWANCE
        record(session, 1, ChangeKind.PUBLISHER, 1)
    product.follower.poll()
    return product


class TestALoopWithoutCookies:
    @pytest.mark.parametrize("address", ["198.51.100.{}", "2001:db8::{}", "::ffff:198.51.100.{}"])
    def test_ends_at_the_cap_of_its_network(self, capped: Product, address: str) -> None:
        read = 0
        for number in range(METERED):
            loop = Browser(capped.flask, address=address.format(number + 1))
            read += (
                CANARY in loop.get(f"/articles/metered-{number}", headers={"X-Forwarded-For": f"9.9.{number}.9"}).text
            )
        assert read == CAP


class TestAVisitorsCookie:
    @pytest.mark.parametrize("forged", ["", "1.AAAA", "0", '{"n":-99}', "KEPTx", '"KEPT"', "a" * 4000])
    def test_that_was_changed_gives_no_view_back(self, browser: Browser, forged: str) -> None:
        for number in range(ALLOWANCE):
            browser.read(f"metered-{number}")
        kept = browser.kept("visitor") or ""
        browser.put("visitor", forged.replace("KEPT", kept))
        browser.read("metered-9")
        browser.put("visitor", kept)
        assert browser.decision("metered-8") == "preview; reason=meter_used_up; left=0"

    def test_opened_twenty_times_at_once_with_one_view_left_opens_one(self, browser: Browser) -> None:
        for number in range(ALLOWANCE - 1):
            browser.read(f"metered-{number}")
        shown: list[bool] = []
        threads = [
            threading.Thread(
                target=lambda copy, number: shown.append(CANARY in copy.get(f"/articles/metered-{number}").text),
                args=(browser.copy(), number),
            )
            for number in range(ALLOWANCE, METERED)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (sum(shown), len(shown)) == (1, METERED - ALLOWANCE)


class TestSigningInAndOutAgain:
    def test_never_adds_to_the_allowance(self, browser: Browser) -> None:
        def read_all() -> int:
            return sum(browser.decision(f"metered-{number}").startswith("full") for number in range(METERED))

        assert read_all() == ALLOWANCE
        browser.sign_up("reader@example.org")
        assert read_all() == READER_ALLOWANCE
        browser.post("/logout")
        assert read_all() == ALLOWANCE
        browser.log_in("reader@example.org")
        browser.client.delete_cookie("__Host-visitor", domain="news.test", path="/")
        assert read_all() == READER_ALLOWANCE


class TestARequestThatDoesNotCount:
    def test_opens_nothing_and_spends_nothing(self, browser: Browser) -> None:
        for number in range(METERED):
            browser.client.head(f"/articles/metered-{number}", base_url=browser.base_url)
            assert browser.get(f"/articles/metered-{number}", headers={"Sec-Purpose": "prefetch"}).status_code == 503
        assert browser.decision("metered-0") == "full; reason=metered; left=2"
