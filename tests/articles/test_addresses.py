"""One spelling for all the addresses that lead to an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.articles.addresses import canonical_url, origin_of, spellings
from paywall.errors import BadInput

PLAIN = "https://www.paper.example/news/a-story"


class TestSpellingsOfOneAddress:
    @pytest.mark.parametrize(
        "spelling",
        [
            "https://www.paper.example/news/a-story/",
            "HTTPS://WWW.Paper.Example/news/a-story",
            "https://www.paper.example:443/news/a-story",
            "https://www.paper.example./news/a-story",
            "https://www.paper.example/news/a-story#comments",
            "https://www.paper.example/news/a-story?utm_source=mail&utm_campaign=x&fbclid=1&gclid=2&mc_cid=3",
            "https://www.paper.example//news/./a-story",
            "https://www.paper.example/x/../news/a-story",
            "https://www.paper.example/../news/a-story",
            "https://www.paper.example/news/%61-stor%79",
            "https://www.paper.example/news/a-story?",
        ],
    )
    def test_are_one(self, spelling: str) -> None:
        assert canonical_url(spelling) == PLAIN

    def test_what_chooses_the_article_is_kept_and_sorted(self) -> None:
        assert canonical_url("https://paper.example/?p=7&utm_id=1&lang=en") == "https://paper.example?lang=en&p=7"

    def test_an_unusual_port_is_kept(self) -> None:
        assert canonical_url("http://paper.example:8080/a") == "http://paper.example:8080/a"

    def test_letters_of_all_the_world_have_one_spelling(self) -> None:
        assert canonical_url("https://xəbər.example/məqalə") == canonical_url(
            "https://xn--xbr-dtbb.example/m%c9%99qal%C9%99"
        )

    def test_an_escaped_slash_is_no_slash(self) -> None:
        assert canonical_url("https://paper.example/a%2fb") == "https://paper.example/a%2Fb"

    def test_the_site_of_an_address(self) -> None:
        assert origin_of(PLAIN) == "https://www.paper.example"


class TestWhatAnArticleMayBeKnownBy:
    def test_is_the_whole_address_first_then_less_of_it(self) -> None:
        whole, pairs = f"{PLAIN}?a=1&p=7", (f"{PLAIN}?a=1", f"{PLAIN}?p=7")
        by_https = [whole, *pairs, PLAIN]
        assert list(spellings(f"{PLAIN}?p=7&utm_id=1&a=1")[::2]) == by_https
        assert list(spellings(whole)[1::2]) == [one.replace("https", "http") for one in by_https]

    def test_is_one_address_where_nothing_is_behind_it(self) -> None:
        assert spellings(f"{PLAIN}?utm_id=1") == (PLAIN, PLAIN.replace("https", "http"))

    def test_is_not_looked_for_among_more_than_anybody_writes(self) -> None:
        with pytest.raises(BadInput, match="parameters"):
            spellings(f"{PLAIN}?{'&'.join(f'p{n}=1' for n in range(41))}")

    @pytest.mark.parametrize("query", ["x={", 'x="', "x=" + "a" * 3_000, "x=\x00"])
    def test_is_its_path_where_the_rest_is_no_address(self, query: str) -> None:
        assert spellings(f"{PLAIN}?{query}")[0] == PLAIN


class TestWhatIsNoAddress:
    @pytest.mark.parametrize(
        "raw",
        [
            "", "   ", "/news/a", "paper.example/a", "ftp://paper.example/a", "javascript:alert(1)", "https://", "https:///a",
            "https://a@paper.example/", "https://paper.example:0/", "https://paper.example:99999/", "https://[::1/",
            "https://paper.example/a b", "https://paper.example/\n", "https://paper.example/\x00", "https://paper.example\\a",
            "https://paper.example/<script>", "https://paper.example/\ud800", "https://paper.example/" + "a" * 2000,
            "https://" + "a" * 64 + ".example/",
        ],
    )  # fmt: skip
    def test_it_is_refused_by_the_fields_name(self, raw: str) -> None:
        with pytest.raises(BadInput) as refused:
            canonical_url(raw)
        assert refused.value.field == "url"


class TestEveryText:
    @given(st.text(max_size=60).map(lambda tail: f"https://paper.example/{tail}") | st.text(max_size=80))
    def test_is_refused_or_has_one_spelling_that_stays(self, raw: str) -> None:
        try:
            once = canonical_url(raw)
        except BadInput:
            return
        assert canonical_url(once) == once
        assert once.isascii()
