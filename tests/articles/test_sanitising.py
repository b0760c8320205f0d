"""What is let through of other people's HTML, and in which shape it ends."""

import re
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paywall.articles.body.sanitise import clean_html, line_of
from paywall.errors import BadInput

TAGS = "p div b a span ul li table tr td h1 h2 blockquote pre figure img br hr script style svg form iframe em".split()
ATTRIBUTES = [
    'onclick="alert(1)"', 'href="javascript:alert(1)"', 'href="/x"', 'href="https://e.org/?a=1&b=2"', 'style="x"',
    'src="data:image/png;base64,AA"', 'src="https://e.org/a.png"', 'id="x"', 'class="right"', 'title="<script>"',
]  # fmt: skip
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.builds("<{} {}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.sampled_from(
        ["<!-- c -->", "<![CDATA[x]]>", "&lt;script&gt;", "&#x301;", "&#0;", "&nbsp;", "\u0338", " ", "\n"]
    ),
    st.text(max_size=8),
)
MARKUP = st.lists(PIECES, max_size=25).map("".join)
TAG = re.compile(r"<[^>]*>")


class TestWhatIsKept:
    @pytest.mark.parametrize(
        ("raw", "clean"),
        [
            ("<p onclick='x()'>a</p>", "<p>a</p>"),
            ("<p>a<script>x()</script>b</p>", "<p>ab</p>"),
            ("<p>a<svg><style><img src=x onerror=x()></style></svg></p>", "<p>a</p>"),
            ("<p><a href='javascript:x()'>a</a></p>", "<p>a</p>"),
            ("<p><a href='https://e.org/'>a</a></p>", '<p><a href="https://e.org/" rel="noopener">a</a></p>'),
            ("<p id=x class=y style='z'>a</p>", "<p>a</p>"),
            ("<!-- c --><p>a</p>", "<p>a</p>"),
            ("<table><tr><td class='right wide'>1</td></tr></table>",
             '<table><tbody><tr><td class="right">1</td></tr></tbody></table>'),
            ("<p>a<img src='https://e.org/p.gif' width=1 height=1></p>", "<p>a</p>"),
            ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
            ("<p>a\x00\ud800\u0007b</p>", "<p>ab</p>"),
            ("<p>e&#x301;</p>", "<p>\u00e9</p>"),
            ("<p>\u0338a</p>", "<p>a</p>"),
        ],
    )  # fmt: skip
    def test_only_what_the_list_allows(self, raw: str, clean: str) -> None:
        assert clean_html(raw) == clean

    def test_relative_addresses_are_resolved_against_the_articles_own(self) -> None:
        html = clean_html("<p><a href='../b'>b</a><img src='//cdn.org/c.png'></p>", "https://e.org/a/")
        assert 'href="https://e.org/b"' in html
        assert 'src="https://cdn.org/c.png"' in html

    @pytest.mark.parametrize("base", [None, "", "not an address", "file:///etc/", "https://", "https://[::1"])
    def test_relative_addresses_without_a_place_to_start_from_are_dropped(self, base: str | None) -> None:
        assert clean_html("<p><a href='/b'>b</a><img src='/c.png'></p>", base) == "<p>b</p>"


class TestTheShapeOfAnArticle:
    @pytest.mark.parametrize(
        ("raw", "shape"),
        [
            ("one<br><br>two", "<p>one</p><p>two</p>"),
            ("one<br>two", "<p>one<br>two</p>"),
            ("<div>one</div><div>two</div>", "<p>one</p><p>two</p>"),
            ("<b>one<br><br>two</b>", "<p><b>one</b></p><p><b>two</b></p>"),
            ("<h1>one</h1>two", "<h2>one</h2><p>two</p>"),
            ("<ul><li><p>a</p><p>b</p></li><li></li></ul>", "<ul><li>a<br>b</li></ul>"),
            ("<blockquote>q</blockquote>", "<blockquote><p>q</p></blockquote>"),
            ("<p> </p><p>&nbsp;</p><div><br></div><p>a</p>", "<p>a</p>"),
            ("<pre>\n a\n  b</pre>", "<pre> a\n  b</pre>"),
            ("<figure><img src='https://e.org/a.png'><figcaption><p>c</p></figcaption></figure>",
             '<figure><img src="https://e.org/a.png"><figcaption>c</figcaption></figure>'),
        ],
    )  # fmt: skip
    def test_everything_becomes_a_row_of_blocks(self, raw: str, shape: str) -> None:
        assert clean_html(raw) == shape

    @settings(deadline=None)
    @given(MARKUP)
    def test_cleaning_twice_changes_nothing(self, raw: str) -> None:
        once = clean_html(raw)
        assert clean_html(once) == once

    @settings(deadline=None)
    @given(MARKUP)
    def test_nothing_dangerous_is_ever_left(self, raw: str) -> None:
        tags = "".join(TAG.findall(clean_html(raw))).lower()
        assert not re.search(r"<(script|style|svg|iframe|form|object)|\son\w+=|javascript:|data:|style=|\sid=", tags)

    @settings(deadline=None)
    @given(MARKUP)
    def test_text_is_in_one_normal_form_without_control_characters(self, raw: str) -> None:
        for text in TAG.split(clean_html(raw)):
            assert text == normalize("NFC", text)
            assert not re.search("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", text)


class TestHtmlMadeToHarm:
    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param("<div>" * 200_000 + "x", id="endlessly nested"),
            pytest.param("<blockquote>" * 500 + "x", id="deeper than anybody reads"),
            pytest.param("".join(f"<b class=c{n}>" for n in range(900)) + "<p>x" * 100_000, id="formatting left open"),
        ],
    )
    def test_is_refused_before_a_parser_chokes_on_it(self, raw: str) -> None:
        with pytest.raises(BadInput):
            clean_html(raw)

    def test_closing_tags_that_close_nothing_do_not_hide_depth(self) -> None:
        with pytest.raises(BadInput, match="deep"):
            clean_html("<div></span>" * 5_000)


class TestLines:
    @pytest.mark.parametrize(
        ("raw", "line"),
        [
            ("Fish &amp; <em>chips</em>", "Fish & chips"),
            ("a\u202eb\u200bc", "abc"),
            (" a \n b\t", "a b"),
            ("<script>x</script>a", "a"),
        ],
    )
    def test_titles_of_feeds_become_plain_lines(self, raw: str, line: str) -> None:
        assert line_of(raw) == line
