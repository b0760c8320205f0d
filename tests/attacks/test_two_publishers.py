"""Two newspapers on one deployment: what opens a door at one opens none at the other, and closes none either."""

import pytest

from paywall import clock
from paywall.app import Product
from paywall.entitlements.granting import Grant, set_entitlement
from paywall.entitlements.rules import Entitlement, Source, Standing
from tests.gate.visits import Browser
from tests.readers.browser import PASSWORD


@pytest.fixture
def payer(product: Product, browser: Browser) -> Browser:
    """A browser signed in at news.test that may read everything there, with all its cookies."""
    browser.sign_up("payer@example.org")
    until = clock.now().replace(year=clock.now().year + 1)
    right = Entitlement(1, Source.COMP, "comp", Standing.COMP, until, until, False)
    with product.database.writing() as session:
        set_entitlement(session, Grant(1, right))
    assert browser.decision("subscribers-0").startswith("full")
    return browser


def plant(browser: Browser, at: Browser, *names: str) -> None:
    for name in names:
        at.client.set_cookie(f"__Host-{name}", browser.kept(name) or "", domain="rival.test", path="/", secure=True)


class TestAPayersCookiesAtTheOtherPublisher:
    @pytest.mark.parametrize("names", [("session",), ("pass",), ("session", "pass")])
    def test_open_no_article_and_no_account(self, payer: Browser, rival: Browser, names: tuple[str, ...]) -> None:
        plant(payer, rival, *names)
        assert rival.decision("subscribers-0").startswith("preview")
        assert rival.decision("registered-0").startswith("preview")
        for path in ("/account", "/account/password", "/account/payment", "/subscribe/welcome?session_id=cs_12345678"):
            assert rival.get(path).headers["Location"].startswith("/login"), path

    def test_change_nothing_there(self, payer: Browser, rival: Browser) -> None:
        plant(payer, rival, "session", "pass")
        for path in ("/account/password", "/account/billing-portal", "/account/subscription/cancellation"):
            assert rival.post(path).headers["Location"].startswith("/login"), path
        assert payer.is_signed_in()

    @pytest.mark.parametrize("path", ["/logout", "/login", "/signup"])
    def test_end_no_sign_in_at_home(self, payer: Browser, rival: Browser, path: str) -> None:
        rival.sign_up("other@example.org")
        token = payer.csrf_token()
        plant(payer, rival, "session", "pass")
        fields = {"email": "new@example.org" if path == "/signup" else "other@example.org", "password": PASSWORD}
        answer = rival.client.post(path, data={"csrf_token": token, **fields}, base_url=rival.base_url)
        assert answer.status_code in (302, 303), answer.text
        assert payer.is_signed_in()

    def test_still_open_everything_at_home(self, payer: Browser, rival: Browser, product: Product) -> None:
        plant(payer, rival, "session")
        rival.read("subscribers-0")
        fresh = Browser(product.flask)
        fresh.put("session", payer.kept("session") or "")
        assert fresh.decision("subscribers-1").startswith("full")


class TestAVisitorOfBothPublishers:
    def test_is_counted_by_each_on_its_own(self, browser: Browser, rival: Browser) -> None:
        browser.read("metered-0")
        plant(browser, rival, "visitor")
        assert rival.decision("metered-0") == "full; reason=metered; left=2"
