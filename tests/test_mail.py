"""Mails: a text and an HTML version of one letter, under the publisher's letterhead."""

from paywall.mail import Block, Letter, Letterhead, compose

HEAD = Letterhead("The <News>", "desk@news.test", "https://news.test", "#8a1c1c")
BLOCKS = (
    Block("paragraph", "Works <b>within</b> an hour."),
    Block("facts", "", (("Paid", "4.99"), ("For", "a month"))),
    Block("button", "", (("Pay", "https://n.test/r/1"),)),
    Block("links", "", (("More", "https://n.test/more"),)),
)
LETTER = Letter("Set a new password", BLOCKS)


class TestAMail:
    def test_says_the_same_in_text_and_html(self) -> None:
        mail = compose(HEAD, "reader@example.com", LETTER)
        for version in (mail.text, mail.html):
            for said in ("https://n.test/r/1", "desk@news.test", "an hour", "Paid", "4.99", "https://n.test/more"):
                assert said in version

    def test_takes_words_for_text_never_for_markup(self) -> None:
        mail = compose(HEAD, "reader@example.com", LETTER)
        assert "The &lt;News&gt;" in mail.html
        assert "<b>" not in mail.html
        assert "The <News>" in mail.text

    def test_loads_nothing_from_anywhere(self) -> None:
        mail = compose(HEAD, "reader@example.com", LETTER)
        assert "src=" not in mail.html
        assert "<link" not in mail.html

    def test_names_its_language_and_says_in_it_how_to_get_no_more_of_them(self) -> None:
        letter = Letter("Чек", BLOCKS, "ru")
        mail = compose(HEAD, "reader@example.com", letter, "https://news.test/off")
        assert '<html lang="ru">' in mail.html
        assert "Больше не присылать таких писем:\nhttps://news.test/off" in mail.text
        assert mail.unsubscribe_url == "https://news.test/off"
