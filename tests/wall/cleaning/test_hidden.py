"""What gives a hidden text away, and what does not."""

import pytest

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.readings import gives_away

TEXT = "Nine herons crossed the water before the ink of the ledger was dry, and he wrote them down as cargo."
OTHERS = {
    "Cyrillic": "Национальная библиотека закрыта на ремонт до конца года, сообщили в министерстве культуры.",
    "Arabic": "المكتبة الوطنية مغلقة للتجديد حتى نهاية العام كما أعلنت وزارة الثقافة أمس",
    "Thai": "หอสมุดแห่งชาติปิดปรับปรุงจนถึงสิ้นปีตามที่กระทรวงวัฒนธรรมประกาศ",
    "Japanese": "国立図書館は年末まで改修のため閉館すると文化庁が発表した。",
    "Azerbaijani": "Milli Kitabxana ilin sonunadək təmir üçün bağlıdır, nazirlik İşə başlayıb.",
}


class TestARun:
    hidden = Hidden(TEXT, "")

    @pytest.mark.parametrize("start", range(0, 60, 7))
    def test_of_23_letters_is_found_wherever_it_begins(self, start: int) -> None:
        letters = "".join(c for c in TEXT if c.isalnum())
        assert self.hidden.is_in(f"other words here {letters[start : start + 23]} and there")
        assert not self.hidden.is_in(f"other words here {letters[start : start + 21]}qq and there")

    @pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
    def test_is_found_in_any_script(self, text: str) -> None:
        hidden = Hidden(text, "")
        for changed in (text, text.upper(), text[::-1], text.replace(" ", "\u00a0"), f"x {text[: len(text) // 2]} x"):
            assert hidden.is_in(changed)
        assert not hidden.is_in(text[:5])

    def test_of_a_long_text_is_found_from_end_to_end(self) -> None:
        words = [f"{n:x}word{n * 7919:x}" for n in range(20_000)]
        hidden = Hidden(" ".join(words), "")
        for at in (0, 1, 777, 10_000, 19_990):
            assert hidden.is_in(f"before {' '.join(words[at : at + 4])} after")
        assert not hidden.is_in("this is another text altogether, of other words")

    def test_that_is_shown_anyway_gives_nothing_away(self) -> None:
        hidden = Hidden(TEXT, f"In the preview: {TEXT[:40]}")
        assert not hidden.is_in(TEXT[:40])
        assert hidden.is_in(TEXT[:80])

    def test_is_where_a_longer_text_is_cut(self) -> None:
        assert self.hidden.before(f"The lead. {TEXT}") == "The lead."
        assert self.hidden.before("The lead.") == "The lead."
        assert self.hidden.before(TEXT[::-1]) == "."


class TestAPhrase:
    hidden = Hidden(TEXT, "the headline: the ink of the ledger")

    @pytest.mark.parametrize("phrase", ["Nine herons crossed", "and he wrote them down!"])
    def test_of_three_words_is_found_where_it_stands_alone(self, phrase: str) -> None:
        assert self.hidden.is_in(phrase)
        assert not self.hidden.is_in(f"{phrase[:12]} and other words beside it, more of them")

    @pytest.mark.parametrize("other", ["herons", "crossed the", "the ink of the ledger", "a", ""])
    def test_is_no_single_word_and_nothing_that_is_shown(self, other: str) -> None:
        assert not self.hidden.is_in(other)


class TestNothing:
    @pytest.mark.parametrize("text", ["", " ", "…", "a", "no."])
    def test_is_hidden_where_next_to_nothing_was_cut(self, text: str) -> None:
        hidden = Hidden(text, "")
        assert not gives_away(f"<p>{TEXT} {text}</p>", hidden)

    @pytest.mark.parametrize(
        "odd", ["\ud800" * 40, "\\u" * 50, "%" * 50, "&#x110000;" * 9, "A" * 4000, "\0" * 50, "ffd8" * 99]
    )
    def test_odd_texts_are_read_without_harm(self, odd: str) -> None:
        assert not gives_away(odd, Hidden(TEXT, ""))
