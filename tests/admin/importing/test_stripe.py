"""Ids in a file are asked about at Stripe, which may take a while: nothing of the database is held meanwhile."""

from paywall.importing.tables import ImportProblem
from paywall.staff.rules import Role
from tests.admin.importing.test_page import send
from tests.billing.conftest import shop
from tests.billing.shop import Shop
from tests.staff.people import member

__all__ = ["shop"]

FILE = b"address,ends,customer\nanna@example.com,2031-04-30,cus_elsewhere\n"


class TestACustomerInAFile:
    def test_is_asked_about_without_a_transaction_of_the_request(self, shop: Shop) -> None:
        assert send(member(shop.product, Role.ADMIN), FILE).status_code == 422
        with shop.database.reading() as session:
            assert [one.column for one in session.query(ImportProblem)] == ["customer"]
        assert shop.transport.caught == []
