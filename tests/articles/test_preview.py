"""Where a preview ends."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paywall.articles.body.markup import plain_text
from paywall.articles.body.preview import cut_preview
from paywall.articles.body.sanitise import clean_html
from paywall.articles.body.words import count_words

BLOCKS = st.builds(
    lambda tag, words, text: f"<{tag}>{' '.join([text or 'word'] * words)}.</{tag}>",
    st.sampled_from(["p", "h2", "blockquote", "li", "em"]),
    st.integers(0, 160),
    st.sampled_from(["word", "слово", "字字", "ภาษาไทย", "کلمه", "a<br>b", "<img src='https://e.org/x.png'>c"]),
)
BODIES = st.lists(BLOCKS, max_size=10).map("".join)


def words(count: int, end: str = ".") -> str:
    return " ".join(["word"] * count) + end


def count(html: str) -> int:
    return count_words(plain_text(html))


class TestAPreview:
    def test_ends_with_the_first_paragraph_that_brings_it_into_range(self) -> None:
        body = "".join(f"<p>{words(n)}</p>" for n in (50, 45, 20, 200))
        assert cut_preview(body) == f"<p>{words(50)}</p><p>{words(45)}</p>"

    def test_cuts_a_long_first_paragraph_at_a_sentence(self) -> None:
        body = f"<p>{words(60)} {words(45)} {words(300)}</p>"
        assert cut_preview(body) == f"<p>{words(60)} {words(45)}</p>"

    def test_cuts_a_long_paragraph_after_a_short_one_at_a_sentence(self) -> None:
        body = f"<p>{words(30)}</p><p>{words(60)} <em>{words(20)}</em> {words(300)}</p>"
        assert cut_preview(body) == f"<p>{words(30)}</p><p>{words(60)}</p>"

    def test_cuts_a_long_sentence_near_the_wanted_word_with_an_ellipsis(self) -> None:
        assert cut_preview(f"<p>{words(400)}</p>") == f"<p>{words(100, '')}…</p>"

    def test_does_not_take_an_initial_for_the_end_of_a_sentence(self) -> None:
        body = f"<p>{words(98, '')} Mr. J. {words(10)} {words(300)}</p>"
        assert cut_preview(body).endswith("word.</p>")
        assert count(cut_preview(body)) == 110

    def test_follows_the_publishers_wish(self) -> None:
        assert count(cut_preview(f"<p>{words(400)}</p>", 40)) == 40

    def test_never_ends_with_a_heading(self) -> None:
        body = f"<p>{words(75)}</p><h2>{words(10, '?')}</h2><p>{words(400)}</p>"
        assert plain_text(cut_preview(body)).split("\n")[-1].endswith("word…")
        only_headings = f"<h2>{words(90)}</h2>" * 3
        assert cut_preview(only_headings) == ""

    def test_holds_no_images_tables_or_rules(self) -> None:
        body = (
            f"<figure><img src='https://e.org/a.png'><figcaption>c</figcaption></figure><hr><p>{words(90)}</p>"
            f"<table><tr><td>1</td></tr></table><p><img src='https://e.org/b.png'>{words(300)}</p>"
        )
        assert cut_preview(clean_html(body)) == f"<p>{words(90)}</p>"

    @pytest.mark.parametrize("length", [0, 1, 2, 10, 50, 130])
    def test_of_a_short_article_is_at_most_half_of_it(self, length: int) -> None:
        assert count(cut_preview(f"<p>{words(length, '')}</p>")) <= length / 2

    def test_counts_two_characters_of_chinese_as_a_word_and_cuts_at_its_full_stops(self) -> None:
        sentence = "梁振英在星期二的答问大会开始之际在其演说中道歉。"
        preview = cut_preview(f"<p>{sentence * 40}</p>")
        assert preview.endswith("。</p>")
        assert 80 <= count(preview) <= 120
        assert 180 <= len(plain_text(preview)) <= 260

    def test_of_thai_is_cut_at_a_space_and_never_between_a_letter_and_its_marks(self) -> None:
        preview = plain_text(cut_preview(f"<p>{'ผู้สื่อข่าวได้รับแจ้งจากนาย ' * 100}</p>"))
        assert preview.endswith("นาย…")
        unbroken = plain_text(cut_preview(f"<p>{'ผู้สื่อ' * 300}</p>"))
        assert unbroken.removesuffix("…")[-1:] != "ผ"
        assert 80 <= count_words(unbroken) <= 120

    @settings(deadline=None)
    @given(BODIES)
    def test_is_always_a_prefix_of_the_text_and_never_too_long(self, raw: str) -> None:
        body = clean_html(raw)
        preview = cut_preview(body)
        shown = plain_text(preview).removesuffix("…")
        assert plain_text(body).startswith(shown)
        assert count_words(shown) <= min(120, count(body) // 2)

    @settings(deadline=None)
    @given(BODIES)
    def test_is_itself_clean(self, raw: str) -> None:
        preview = cut_preview(clean_html(raw))
        assert clean_html(preview) == preview
        assert not re.search("<(img|table|hr)", preview)
