"""Signed links: they say what they were made to say, to the purpose they were made for, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.billing.links import DeadLink, Links

links = Links("a key for tests only")
ids = st.text(st.characters(codec="ascii", exclude_characters="\n", exclude_categories=["Cc"]), min_size=1, max_size=60)


class TestALink:
    @given(st.lists(ids, min_size=1, max_size=3))
    def test_says_what_it_was_made_to_say(self, parts: list[str]) -> None:
        assert links.read("cancel", links.token("cancel", *parts)) == tuple(parts)

    def test_is_dead_for_another_purpose(self) -> None:
        with pytest.raises(DeadLink):
            links.read("pay", links.token("cancel", "sub_1"))

    def test_is_dead_under_another_key(self) -> None:
        with pytest.raises(DeadLink):
            Links("another key for tests").read("cancel", links.token("cancel", "sub_1"))

    @given(st.integers(0, 40), st.sampled_from("ABCxyz019-_"))
    def test_is_dead_with_another_letter(self, place: int, letter: str) -> None:
        token = links.token("cancel", "sub_1234567890123")
        changed = token[: place % len(token)] + letter + token[place % len(token) + 1 :]
        if changed != token and changed[:-1] != token[:-1]:  # the last letter of base64 may hold bits of no meaning
            with pytest.raises(DeadLink):
                links.read("cancel", changed)

    @pytest.mark.parametrize(
        "token", ["", "x", "../..", "a" * 20, "a" * 700, "ünicode-ünicode-ünicode", "AAAA AAAA AAAA AAAA AAAA"]
    )
    def test_that_never_was_one_is_dead(self, token: str) -> None:
        with pytest.raises(DeadLink):
            links.read("cancel", token)

    def test_keeps_its_key_to_itself(self) -> None:
        assert "a key for tests only" not in repr(links)
