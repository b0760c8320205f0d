"""What passes say, and that nobody else can make one."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.changes import Change, ChangeKind
from paywall.entitlements.rules import Standing
from paywall.gate import passes
from paywall.gate.passes import Pass
from paywall.gate.revocations import Revocations

KEY = passes.pass_key("0123456789abcdef" * 2)
FACTS = Pass(1, 7, 9, 2, Standing.IN_GRACE, False, 2_000_000_000, 1_900_000_000, b"merged")
UINT32 = st.integers(0, 2**32 - 1)


class TestAPass:
    @given(
        st.builds(
            Pass, UINT32, st.integers(0, 2**63), st.integers(0, 2**63), UINT32, st.none() | st.sampled_from(Standing),
            st.booleans(), UINT32, UINT32, st.binary(min_size=6, max_size=6),
        )
    )  # fmt: skip
    def test_says_what_was_minted_into_it(self, facts: Pass) -> None:
        assert passes.read(KEY, passes.mint(KEY, facts)) == facts

    def test_every_standing_has_its_place(self) -> None:
        for standing in Standing:
            assert passes.mint(KEY, FACTS._replace(standing=standing))

    def test_opens_until_its_end_and_not_at_it(self) -> None:
        assert FACTS.opens_everything(1_999_999_999)
        assert not FACTS.opens_everything(2_000_000_000)

    def test_without_a_standing_opens_nothing(self) -> None:
        assert not FACTS._replace(standing=None).opens_everything(0)


class TestAForgedPass:
    def test_one_changed_bit_anywhere_makes_it_nothing(self) -> None:
        signed = b64decode(passes.mint(KEY, FACTS))
        for bit in range(len(signed) * 8):
            changed = bytearray(signed)
            changed[bit // 8] ^= 1 << bit % 8
            assert passes.read(KEY, b64encode(changed).decode()) is None

    def test_another_secret_makes_it_nothing(self) -> None:
        assert passes.read(passes.pass_key("another secret of sufficient length"), passes.mint(KEY, FACTS)) is None

    @given(st.text(max_size=90) | st.text(min_size=76, max_size=76) | st.text("AQ+/=\x00é", min_size=76, max_size=76))
    def test_whatever_is_sent_it_is_nothing_and_no_error(self, value: str) -> None:
        assert passes.read(KEY, value) is None


class TestRevocations:
    @pytest.fixture
    def revocations(self) -> Revocations:
        return Revocations()

    def test_a_pass_with_a_lower_access_number_is_dead(self, revocations: Revocations) -> None:
        revocations.hear(Change(1, 1, ChangeKind.ACCESS_ENDED, "7:3"))
        assert revocations.has_ended(FACTS)
        assert not revocations.has_ended(FACTS._replace(access_number=3))
        assert not revocations.has_ended(FACTS._replace(reader_id=8))

    def test_an_older_change_heard_later_revives_nothing(self, revocations: Revocations) -> None:
        revocations.hear(Change(2, 1, ChangeKind.ACCESS_ENDED, "7:3"))
        revocations.hear(Change(1, 1, ChangeKind.ACCESS_ENDED, "7:1"))
        assert revocations.has_ended(FACTS)

    def test_a_pass_of_an_ended_sign_in_is_dead(self, revocations: Revocations) -> None:
        revocations.hear(Change(1, 1, ChangeKind.SIGN_IN_ENDED, "9"))
        assert revocations.has_ended(FACTS)
        assert not revocations.has_ended(FACTS._replace(sign_in_id=10))
