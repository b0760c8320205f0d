"""Mails: a text and an HTML version under the publisher's letterhead."""

import pytest
from jinja2 import UndefinedError

from paywall.mail import Letterhead, compose, read_blocks

HEAD = Letterhead("The <News>", "desk@news.test", "https://news.test", "#8a1c1c")


class TestAMail:
    def test_says_the_same_in_text_and_html(self) -> None:
        mail = compose(
            "reset", HEAD, "reader@example.com", "Set a new password", email="a@e.co", link="https://n.test/r/1"
        )
        for version in (mail.text, mail.html):
            assert "https://n.test/r/1" in version
            assert "desk@news.test" in version
            assert "within an hour" in version

    def test_takes_names_for_text_never_for_markup(self) -> None:
        mail = compose("reset", HEAD, "reader@example.com", "Set a new password", email="<b>", link="https://n.test")
        assert "The &lt;News&gt;" in mail.html
        assert "<b>" not in mail.html
        assert "The <News>" in mail.text

    def test_loads_nothing_from_anywhere(self) -> None:
        mail = compose("reset", HEAD, "reader@example.com", "Set a new password", email="a@e.co", link="https://n.test")
        assert "src=" not in mail.html
        assert "<link" not in mail.html

    def test_without_a_value_it_needs_is_not_written(self) -> None:
        with pytest.raises(UndefinedError):
            compose("reset", HEAD, "reader@example.com", "Set a new password", email="a@e.co")


class TestALetter:
    def test_is_paragraphs_facts_one_button_and_links(self) -> None:
        blocks = read_blocks(
            "One\nline.\n\n= Paid: 4.99\n= For: a month\n\n> Pay: https://n.test/a:b\n\n- More: https://n.test"
        )
        assert [(one.kind, one.text, one.pairs) for one in blocks] == [
            ("paragraph", "One line.", ()),
            ("facts", "", (("Paid", "4.99"), ("For", "a month"))),
            ("button", "", (("Pay", "https://n.test/a:b"),)),
            ("links", "", (("More", "https://n.test"),)),
        ]
