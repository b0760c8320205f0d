"""E-mail addresses: what is one, and which are the same."""

import pytest

from paywall.errors import BadInput
from paywall.readers.email_address import for_people, parse_email


class TestAnAddress:
    @pytest.mark.parametrize(
        ("typed", "kept", "normalized"),
        [
            ("A.b+1@Gmail.com", "A.b+1@gmail.com", "a.b+1@gmail.com"),
            (" reader@example.com ", "reader@example.com", "reader@example.com"),
            ("a@bücher.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
            ("a@news.test", "a@news.test", "a@news.test"),
            ("Ünal@example.com", "Ünal@example.com", "Ünal@example.com"),
        ],
    )
    def test_is_kept_as_typed_but_for_its_host(self, typed: str, kept: str, normalized: str) -> None:
        address = parse_email(typed)
        assert (address.kept, address.normalized) == (kept, normalized)

    @pytest.mark.parametrize(
        "typed",
        [
            *("", " ", "a", "a@", "@b.co", "a@b", "a@b@c.co", "a..b@e.co", ".a@e.co", "a@e..co", "a@-e.co", "a@e.co\n"),
            *("a\0@e.co", "a b@e.co", "a@[127.0.0.1]", f"a@{'x' * 64}.co", "x" * 250 + "@e.co"),
            *("o\ufb00@e.co", "\uff41@e.co", "a\ud800@e.co"),
        ],
    )
    def test_is_refused_otherwise(self, typed: str) -> None:
        with pytest.raises(BadInput):
            parse_email(typed)

    def test_with_a_dotless_letter_is_another(self) -> None:
        assert parse_email("mıke@e.co").normalized != parse_email("mike@e.co").normalized
        assert parse_email("straße@e.co").normalized != parse_email("strasse@e.co").normalized

    def test_is_shown_with_its_host_in_letters(self) -> None:
        assert for_people("a@xn--bcher-kva.example") == "a@bücher.example"

    @pytest.mark.parametrize("text", ["erased-7", "", "@", "a@", "a@b@", "a@xn--\x00", "a@" + "xn--" * 80])
    def test_that_is_none_is_shown_as_it_is(self, text: str) -> None:
        assert for_people(text) == text
