"""The mailbox of the demo."""

import pytest

from paywall.app import Product
from paywall.demo import mailbox
from tests.attacks.conftest import browser, database, product, publisher
from tests.gate.visits import Browser

__all__ = ["browser", "database", "product", "publisher"]


class TestTheMailbox:
    @pytest.mark.parametrize(("host", "status"), [("news.test", 200), ("unknown.test", 400)])
    def test_at_a_host_of_nobody_is_refused_and_no_failure(
        self, browser: Browser, product: Product, host: str, status: int
    ) -> None:
        product.flask.register_blueprint(mailbox.blueprint)
        browser.sign_up("reader@example.org")
        assert browser.client.get(mailbox.PATH, headers={"Host": host}).status_code == status
