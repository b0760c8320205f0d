"""Where a page is cut: at the marker comment, or inside what the selector names."""

import pytest

from paywall.wall.cutting.marks import check_selector
from tests.wall.cutting.cutting import SEAM, body_of, cut

CLASS = 'class="paywall-text"'


class TestAMarker:
    def test_locks_what_follows_it_in_its_parent_element(self) -> None:
        html = cut("<body><article><p>Open.</p><!-- paywall --><p>Locked.</p>locked</article><footer>Imprint</footer>")
        assert body_of(html) == f"<article {CLASS}><p>Open.</p><!-- paywall -->{SEAM}</article><footer>Imprint</footer>"

    @pytest.mark.parametrize("marker", ["<!--paywall-->", "<!--  paywall\n-->", "<!-- PayWall -->", "<!--paywall--!>"])
    def test_may_be_written_with_or_without_space_and_in_any_case(self, marker: str) -> None:
        assert "Locked" not in cut(f"<div><p>Open.</p>{marker}<p>Locked.</p></div>")

    @pytest.mark.parametrize("other", ["<!-- paywalls -->", "<!-- no paywall -->", "<!-- /paywall -->", "<!---->"])
    def test_is_no_other_comment(self, other: str) -> None:
        html = f"<div><p>Open.</p>{other}<p>Locked.</p></div>"
        assert cut(html) == html

    def test_may_have_another_name(self) -> None:
        html = "<div><p>Open.</p><!-- more --><p>Locked.</p></div>"
        assert "Locked" not in cut(html, marker="more")
        assert cut(html) == html

    @pytest.mark.parametrize(
        "wrapped",
        [
            "<p><!-- paywall --></p>",
            "<p><span><!-- paywall --></span></p>",
            '<div class="block"> <!-- paywall --> </div>',
            "<div><div><!-- paywall --></div><!-- block --></div>",
            "<p>Open, too. <!-- paywall --> Locked words.</p>",
            "<h2><em><!-- paywall --></em></h2>",
        ],
    )
    def test_that_an_editor_has_wrapped_locks_what_follows_the_wrapping(self, wrapped: str) -> None:
        html = cut(f"<article><p>Open.</p>{wrapped}<p>Locked.</p></article><footer>Imprint</footer>")
        assert "Locked" not in html
        assert "Open." in html
        assert "Imprint" in html

    def test_comes_more_than_once_and_locks_each_time(self) -> None:
        html = cut("<div><p>a</p><!-- paywall --><p>Locked</p></div><div><p>b</p><!-- paywall --><p>Locked</p></div>")
        assert "Locked" not in html
        assert html.count(SEAM) == 1

    def test_inside_what_another_marker_locks_is_no_matter(self) -> None:
        html = cut("<div>a<!-- paywall --><p>Locked</p><div>Locked<!-- paywall -->Locked</div></div><p>b</p>")
        assert "Locked" not in html
        assert "<p>b</p>" in html

    def test_at_the_top_of_the_body_locks_the_rest_of_the_page(self) -> None:
        assert body_of(cut("<body><p>Open.</p><!-- paywall --><p>Locked.</p><footer>x</footer>")).count("Locked") == 0

    @pytest.mark.parametrize("where", ["<ul><li>a</li>{}<li>Locked</li></ul>", "<table><td>a{}Locked</table>"])
    def test_may_stand_in_lists_and_tables(self, where: str) -> None:
        html = cut(f"<main>{where.format('<!-- paywall -->')}<p>b</p></main>")
        assert "Locked" not in html
        assert "<p>b</p>" in html

    def test_with_nothing_after_it_locks_nothing(self) -> None:
        assert "<p>Short.</p>" in cut("<div><p>Short.</p><!-- paywall --></div><p>b</p>")


class TestASelector:
    body = "".join(f"<p>{' '.join(f'w{n}{k}' for k in range(10))}.</p>" for n in range(8))

    def test_leaves_the_first_words_and_cuts_at_a_paragraph(self) -> None:
        html = cut(f'<div class="text">{self.body}</div><footer>Imprint</footer>', selector=".text", words=20)
        assert "w19." in html
        assert "w20" not in html
        assert html.index("w19") < html.index(SEAM) < html.index("Imprint")

    def test_cuts_a_long_paragraph_at_a_word(self) -> None:
        text = " ".join(f"w{n}" for n in range(100))
        assert f"w6 w7 w8 w9…{SEAM}" in cut(f'<div class="text">{text}</div>', selector=".text", words=10)

    def test_never_leaves_more_than_half(self) -> None:
        html = cut(f'<div class="text">{self.body}</div>', selector=".text", words=1_000)
        assert "w39." in html
        assert "w40" not in html

    def test_may_leave_paragraphs_but_never_more_than_half(self) -> None:
        for paragraphs, last in ((1, "w09."), (3, "w29."), (7, "w39.")):
            html = cut(f'<div class="text">{self.body}</div>', selector=".text", paragraphs=paragraphs)
            assert f"{last}</p>{SEAM}" in html

    def test_of_a_single_paragraph_leaves_half_where_one_was_wanted(self) -> None:
        html = cut('<div class="text"><p>one two three four</p></div>', selector=".text", paragraphs=1)
        assert "<p>one two…</p>" in html

    def test_may_leave_nothing(self) -> None:
        assert cut(f'<div class="text">{self.body}</div>', selector=".text", words=0).count("w") < 20

    def test_never_ends_with_a_heading(self) -> None:
        text = "<p>a b c d</p><h2>e f</h2><p>g h i j k l m n o p q r s t u v</p>"
        assert "<h2>e f</h2><p>g h…</p>" not in cut(f'<div class="text">{text}</div>', selector=".text", words=6)
        assert "e f</h2>" + SEAM not in cut(f'<div class="text">{text}</div>', selector=".text", words=6)

    def test_takes_several_elements_for_one_text(self) -> None:
        html = cut(self.body.replace("<p>", '<p class="text">'), selector="p.text", words=20)
        assert "w19." in html
        assert "w20" not in html

    def test_takes_the_outermost_where_one_is_inside_another(self) -> None:
        html = cut(f'<div class="text"><div class="text">{self.body}</div></div>', selector=".text", words=20)
        assert "w19." in html
        assert "w20" not in html

    def test_counts_no_furniture_as_text(self) -> None:
        nav = f"<nav>{'menu ' * 50}</nav><script>{'a b ' * 50}</script>"
        assert "w19." in cut(f'<div class="text">{nav}{self.body}</div>', selector=".text", words=20)

    def test_of_pictures_alone_leaves_nothing(self) -> None:
        html = cut('<div class="text"><img src="a.png"><video src="b.mp4"></video></div>', selector=".text")
        assert body_of(html) == f'<div class="text">{SEAM}</div>'

    def test_counts_chinese_and_thai(self) -> None:
        for text in ("国立図書館は年末まで改修のため閉館する。" * 10, "หอสมุดแห่งชาติปิดปรับปรุงจนถึงสิ้นปี" * 10):
            assert len(body_of(cut(f'<div class="text">{text}</div>', selector=".text", words=20))) < 130

    def test_that_names_the_whole_page_cuts_its_body(self) -> None:
        assert "w79" not in cut(f"<body><h1>x</h1>{self.body}", selector="html")

    def test_yields_to_a_marker_inside_which_locks_up_to_its_end(self) -> None:
        text = f"<section>{self.body}<!-- paywall --><p>Locked.</p></section><p>Locked, too.</p>"
        html = cut(f'<div class="text">{text}</div><p>b</p>', selector=".text", words=5)
        assert "w79." in html
        assert "Locked" not in html

    def test_does_not_yield_to_a_marker_in_a_readers_comment(self) -> None:
        comment = "<div class='comment'>Ha<!-- paywall -->ha</div>"
        html = cut(f'<div class="text">{self.body}</div>{comment}', selector=".text", words=20)
        assert "w20" not in html

    def test_must_be_one(self) -> None:
        with pytest.raises(ValueError, match="no CSS selector"):
            check_selector("div..[")
        check_selector("div.article-body > p:not(.x)")


class TestTheInvitation:
    @pytest.mark.parametrize(
        ("html", "where"),
        [
            ("<main><p class='t'>{}</p></main>", "</p>[HERE]</main>"),
            ("<main><ul class='t'><li>{}</li></ul></main>", "</ul>[HERE]</main>"),
            ("<main><p><span class='t'>{}</span></p></main>", "</span></p>[HERE]</main>"),
            ("<main><x-body class='t'>{}</x-body></main>", "[HERE]</x-body></main>"),
        ],
    )
    def test_stands_where_a_block_may_stand(self, html: str, where: str) -> None:
        assert where in cut(html.format("one two three four five six"), selector=".t", words=2)
