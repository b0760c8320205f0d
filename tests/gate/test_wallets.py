"""Reading Cookie headers: what we signed is found, everything else is not there, and memory has an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.entitlements.rules import Standing
from paywall.gate import passes
from paywall.gate.passes import Pass
from paywall.gate.wallets import Wallet, Wallets
from paywall.meter import visitor
from paywall.settings import Environment, Settings

SETTINGS = Settings(secret_key="0123456789abcdef" * 2, base_url="http://news.test", env=Environment.TEST)
FACTS = Pass(1, 7, 9, 2, Standing.COMP, False, 2_000_000_000, 1_900_000_000, passes.NOT_MERGED)
PASS = passes.mint(passes.pass_key(SETTINGS.secret_key), FACTS)
TOKEN = visitor.mint(visitor.visitor_key(SETTINGS.secret_key))
NAME = visitor.read(visitor.visitor_key(SETTINGS.secret_key), TOKEN)


@pytest.fixture
def wallets() -> Wallets:
    return Wallets(SETTINGS, most=10)


class TestAWallet:
    @pytest.mark.parametrize(
        "header", [f"session=abc; pass={PASS}; visitor={TOKEN}", f"a=b;visitor={TOKEN} ;  pass={PASS};session=abc;;x"]
    )
    def test_holds_what_we_signed_in_whatever_order(self, wallets: Wallets, header: str) -> None:
        for _ in range(2):
            assert wallets.open(header) == Wallet(FACTS, NAME, "abc", True)

    @pytest.mark.parametrize("header", [None, "", "x", "session=", "pass", "=", "other=1; ; ;"])
    def test_is_empty_where_nothing_of_ours_is(self, wallets: Wallets, header: str | None) -> None:
        assert wallets.open(header).known is None
        assert wallets.open(header).visitor is None
        assert wallets.open(header).session is None

    def test_holds_nothing_that_was_changed(self, wallets: Wallets) -> None:
        wallets.open(f"pass={PASS}; visitor={TOKEN}")
        changed = wallets.open(f"pass={PASS[:-1]}x; visitor={TOKEN[:-1]}x")
        assert changed == Wallet(None, None, None, True)

    def test_takes_the_first_of_two_cookies_of_one_name(self, wallets: Wallets) -> None:
        assert wallets.open(f"visitor=forged; visitor={TOKEN}").visitor is None

    @given(st.text(max_size=200))
    def test_of_any_header_is_no_error(self, header: str) -> None:
        assert Wallets(SETTINGS).open(header).known is None

    def test_memory_has_an_end(self, wallets: Wallets) -> None:
        for number in range(100):
            wallets.open(f"session=s{number}")
        wallets.open("session=" + "x" * 5_000)
        assert len(wallets._read) <= 10
