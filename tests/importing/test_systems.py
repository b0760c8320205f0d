"""Exports of other systems, as they are publicly described: what each line becomes."""

from datetime import UTC, datetime

import pytest

from paywall.importing.judging.days import NEVER
from paywall.importing.mapping.columns import Field, chosen
from paywall.importing.mapping.sources import GENERIC
from paywall.importing.reading.refusing import FileRefused
from tests.importing.files import Desk

MAY = datetime(2031, 5, 1, tzinfo=UTC)

GHOST = """id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers
1,paid@example.com,Ann,,true,false,cus_Ann1,2024-03-01T09:30:00.000Z,,,Gold
2,comp@example.com,Bob,,true,true,,2024-03-01T09:30:00.000Z,,,
3,free@example.com,Cy,,true,false,,2024-03-01T09:30:00.000Z,,,
"""  # noqa: E501 - as it is exported
SUBSTACK = """email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at
paid@example.com,true,2031-05-01T00:00:00.000Z,yearly,false,2024-01-10T00:00:00Z,2024-01-11T00:00:00Z
free@example.com,false,,other,false,2024-02-15T00:00:00Z,
over@example.com,false,2031-05-01T00:00:00.000Z,monthly,false,2024-02-15T00:00:00Z,
"""
LEAKY = """user_id,user_login,user_email,first_name,last_name,level_id,subscriber_id,price,plan,created,expires,payment_gateway,payment_status
1,ann,paid@example.com,Ann,A,1,cus_Ann1,9.99,recurring,2024-01-10 00:00:00,2031-05-01 04:00:00,stripe,active
2,bob,life@example.com,Bob,B,1,,0,,2024-01-10 00:00:00,0000-00-00 00:00:00,manual,active
user_id,user_login,user_email,first_name,last_name,level_id,subscriber_id,price,plan,created,expires,payment_gateway,payment_status
3,cy,over@example.com,Cy,C,1,I-PAYPAL1,9.99,,2024-01-10 00:00:00,2031-05-01 00:00:00,paypal,deactivated
"""  # noqa: E501 - as it is exported
PIANO = """User name,User email,Term name,Subscription ID,Subscription status,Next billing date,End date
Ann,paid@example.com,Digital,RC1,active,2031-05-01T00:00:00Z,
Bob,over@example.com,Digital,RC2,expired,,2031-05-01T00:00:00Z
"""
WOOCOMMERCE = """subscription_id,subscription_status,customer_id,start_date,next_payment_date,end_date,billing_email,payment_method_post_meta
1,wc-active,7,2024-01-01 00:00:00,2031-05-01 04:00:00,0,paid@example.com,_stripe_customer_id:cus_Ann1|_stripe_source_id:src_1
2,wc-pending-cancel,8,2024-01-01 00:00:00,0,2031-05-01 04:00:00,ends@example.com,
3,wc-cancelled,9,2024-01-01 00:00:00,0,2031-05-01 04:00:00,over@example.com,
"""  # noqa: E501 - as it is exported
EXPORTS = [
    ("ghost", GHOST, [(None, "cus_Ann1"), (NEVER, ""), (None, "")]),
    ("substack", SUBSTACK, [(MAY, ""), (None, ""), (None, "")]),
    ("leaky-paywall", LEAKY, [(MAY, "cus_Ann1"), (NEVER, ""), (None, "")]),
    ("piano", PIANO, [(MAY, ""), (None, "")]),
    ("woocommerce", WOOCOMMERCE, [(MAY, "cus_Ann1"), (MAY, ""), (None, "")]),
]


class TestAnExport:
    @pytest.mark.parametrize(("system", "file", "wanted"), EXPORTS, ids=[one[0] for one in EXPORTS])
    def test_its_lines_say_until_when_and_who_at_stripe(
        self, desk: Desk, system: str, file: str, wanted: list[tuple[datetime | None, str]]
    ) -> None:
        number = desk.check(file, system)
        assert desk.problems(number) == []
        assert [(row.ends_at, row.customer_id) for row in desk.rows(number)] == wanted

    @pytest.mark.parametrize("between", [";", "\t"], ids=["semicolon", "tab"])
    def test_cells_may_be_separated_by_other_signs(self, desk: Desk, between: str) -> None:
        number = desk.check(f"address{between}ends\na@example.com{between}2031-04-30\n")
        assert [row.ends_at is not None for row in desk.rows(number)] == [True]


class TestHeaders:
    def test_one_chosen_by_hand_counts_and_the_others_are_looked_for(self) -> None:
        mapping = chosen({Field.ENDS: "Paid Until"}, GENERIC)
        assert mapping.columns[Field.ENDS] == ("Paid Until",)
        assert mapping.columns[Field.ADDRESS] == GENERIC.columns[Field.ADDRESS]

    def test_a_file_without_addresses_says_which_header_it_lacks(self, desk: Desk) -> None:
        with pytest.raises(FileRefused, match="“address”"):
            desk.check("name,ends\nAnna,2031-04-30\n")

    def test_two_columns_of_one_name_are_refused(self, desk: Desk) -> None:
        with pytest.raises(FileRefused, match="Two columns"):
            desk.check("email,Email\na@example.com,b@example.com\n")

    @pytest.mark.parametrize("day", ["2031-02-30", "01/02/2031", "2031-13-01", "tomorrow", "１２.1.2031", "1999-01-01"])
    def test_a_day_that_is_none_or_could_be_two_is_refused(self, desk: Desk, day: str) -> None:
        assert desk.problems(desk.check(f"address,ends\na@example.com,{day}\n")) == [(2, "ends")]
