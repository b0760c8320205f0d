"""The names of articles in addresses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paywall.articles.slugs import given_slug, key_of_link, make_slug
from paywall.errors import BadInput


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("A shipyard orders steel again", "a-shipyard-orders-steel-again"),
        ("L’été à Bakı: “Görüş”—Søn", "lete-a-baki-gorus-son"),
        ("Əliyeva ilə müsahibə", "eliyeva-ile-musahibe"),
        ("It's 2026", "its-2026"),
    ],
)
def test_a_title_in_latin_letters_is_folded_to_ascii(title: str, slug: str) -> None:
    assert make_slug(title, "key", "a") == slug


@pytest.mark.parametrize("title", ["港特首梁振英", "معارضون", "ผล DNA ยืนยัน", "!!!", ""])
def test_a_title_that_leaves_too_little_gets_a_short_digest_of_the_key(title: str) -> None:
    slug = make_slug(title, "key-1", "a")
    assert slug == make_slug("另一个标题", "key-1", "a")
    assert slug != make_slug(title, "key-2", "a")


@settings(deadline=None)
@given(st.text(), st.text())
def test_every_title_makes_a_slug_that_could_have_been_given(title: str, key: str) -> None:
    slug = make_slug(title, key, "a")
    assert given_slug("slug", slug) == slug


@pytest.mark.parametrize("bad", ["", "A", "a b", "a--b", "-a", "a/../b", "a\n", "é", "a" * 121, "a\u202eb"])
def test_a_given_slug_that_can_be_none_is_refused(bad: str) -> None:
    with pytest.raises(BadInput, match="small letters"):
        given_slug("slug", bad)


def test_a_long_link_is_known_by_its_digest() -> None:
    assert key_of_link("https://e.org/" + "a" * 300) == key_of_link("https://e.org/" + "a" * 300)
    assert len(key_of_link("https://e.org/" + "a" * 300)) < 50
    assert key_of_link("https://e.org/a") == "https://e.org/a"
