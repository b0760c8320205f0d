"""An error page comes out whatever is wrong, also for somebody who is signed in."""

from pathlib import Path

import pytest

from paywall.app import Product
from tests.gate.visits import Browser


class TestASignedInReader:
    @pytest.mark.parametrize("path", ["/nowhere", "/login", "/", "/confirm", "/articles/none"])
    def test_is_told_nothing_by_a_host_that_is_not_ours(self, browser: Browser, path: str) -> None:
        browser.sign_up("reader@example.org")
        environ = {"HTTP_HOST": "\xff", "HTTP_COOKIE": f"__Host-session={browser.cookie()}"}
        assert browser.client.get(path, environ_overrides=environ).status_code in (400, 404)

    @pytest.mark.parametrize(
        "path", ["/account", "/login", "/account/payment", "/subscribe/welcome?session_id=cs_12345678"]
    )
    def test_is_asked_to_come_back_while_the_database_is_away(
        self, browser: Browser, product: Product, tmp_path: Path, path: str
    ) -> None:
        browser.sign_up("reader@example.org")
        product.database.close()
        for file in tmp_path.glob("paywall.sqlite3*"):
            file.rename(file.with_name(f"away-{file.name}"))
        (tmp_path / "paywall.sqlite3").mkdir()
        answer = browser.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]


class TestWhoTriesTooOften:
    def test_is_told_one_time_to_wait_and_not_another_beside_it(self, browser: Browser) -> None:
        tries = (browser.post("/login", {"email": "reader@example.org", "password": "wrong"}) for _ in range(40))
        refused = next(answer for answer in tries if answer.status_code == 429)
        assert refused.text.count("then try again.") == 1
