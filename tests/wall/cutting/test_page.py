"""What else on a page may hold the text that was cut from it, and what is left of that."""

import base64
import codecs
import gzip
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from paywall.wall.cutting.page import NotCut
from tests.proof.detector import Detector
from tests.wall.cutting import cutting
from tests.wall.cutting.cutting import SEAM, cut

OPEN = "The harbour master opened the gate himself that morning, which nobody could remember him doing before."
LOCKED = "Nine herons crossed the water before the ink of the ledger was dry, and he wrote them down as cargo."
SHORT = "He never came back."
HEADLINE = "Nine herons at the harbour"


def page(head: str = "", after: str = "", before: str = "") -> str:
    text = f"<p>{OPEN}</p><!-- paywall --><p>{LOCKED}</p><p>{SHORT}</p>"
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{HEADLINE}</title>{head}</head><body>{before}"
        f"<h1>{HEADLINE}</h1><article>{text}</article>{after}<footer>All rights reserved.</footer></body></html>"
    )


def assert_clean(source: str) -> str:
    """Return the page as cut; a detector that shares nothing with the cutter may find none of the text in it."""
    detector = Detector({"text": LOCKED})
    cut_page = cut(source)
    assert detector.found_in(source.encode())
    assert not detector.found_in(cut_page.encode())
    assert OPEN in cut_page
    assert "All rights reserved." in cut_page
    return cut_page


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "without spaces": lambda text: text.replace(" ", ""),
    "one word a line": lambda text: text.replace(" ", "\n"),
    "escaped": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "escaped twice": lambda text: html.escape("".join(f"&#x{ord(c):x};" for c in text)),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64, after other letters": lambda text: "x" + base64.b64encode(text.encode()).decode(),
    "in base64 of base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "packed, in base64": lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
    "in URL-safe base64": lambda text: base64.urlsafe_b64encode(text.encode() + b"\xff\xfe").decode().rstrip("="),
    "in hexadecimal": lambda text: text.encode().hex(),
    "percent-encoded": quote,
    "every letter percent-encoded": lambda text: "".join(f"%{ord(c):02X}" for c in text),
    "as JavaScript escapes": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "as octal escapes": lambda text: "".join(f"\\{ord(c):03o}" for c in text),
    "as JSON in JSON": lambda text: json.dumps(json.dumps({"text": text})),
    "turned round": lambda text: text[::-1],
    "in rot13": lambda text: codecs.encode(text, "rot13"),
    "each word in an element": lambda text: "<i>" + "</i> <i>".join(text.split()) + "</i>",
    "with soft hyphens": lambda text: text.replace("er", "e\u00adr"),
    "with other quotation marks": lambda text: text.replace(",", "\u201d\u2014\u00a0"),
}
PLACES = {
    "a comment": "<!-- {} -->",
    "an attribute of a body element": '<div data-text="{}"></div>',
    "a hidden input": '<input type="hidden" value="{}">',
    "an image's text": '<img alt="{}" src="a.png">',
    "a script's JSON": '<script type="application/json">{{"a": 1, "text": "{}"}}</script>',
    "a script's state": "<script>window.__STATE__ = {{text: '{}', other: \"kept\"}};</script>",
    "a script's template": "<script>const text = `{}`;</script>",
    "a script that is no JSON at all": "<script>// {}\nlet a = 1;</script>",
    "a template": "<template><p>{}</p></template>",
    "a noscript": "<noscript><p>{}</p></noscript>",
    "a hidden element": "<div hidden>{}</div>",
    "an element that is shown": "<aside><p>{}</p><p>Other news.</p></aside>",
    "a text area": "<textarea>{}</textarea>",
    "a style": "<style>.a::after {{ content: '{}' }}</style>",
    "a frame's source": '<iframe srcdoc="{}"></iframe>',
    "a picture's address": '<img src="/draw?text={}">',
    "an option": '<select><option value="{}">a</option></select>',
    "a drawing": "<svg><text>{}</text><title>a</title></svg>",
    "a link": '<a href="https://share.example/?text={}">Share</a>',
    "a custom element": '<x-audio text="{}"></x-audio>',
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_no_copy_of_the_text_stays_anywhere_in_any_form(place: str, form: str) -> None:
    told = FORMS[form](LOCKED)
    copy = PLACES[place].format(told if place.startswith("a script") else told.replace('"', "&quot;"))
    for source in (page(after=copy), page(before=copy)):
        assert_clean(source)


class TestTheHead:
    @pytest.mark.parametrize(
        "meta",
        [
            '<meta name="description" content="{}">',
            '<meta property="og:description" content="{}">',
            '<meta name="twitter:description" content="{}">',
            '<meta itemprop="articleBody" content="{}">',
            '<meta name="keywords" content="{}">',
            "<!-- {} -->",
            "<script>self.__next_f.push([1, '{}'])</script>",
            "<noscript><style>{}</style></noscript>",
        ],
    )
    def test_is_cleaned_as_the_body_is(self, meta: str) -> None:
        assert_clean(page(head=meta.format(LOCKED)))

    def test_keeps_what_the_preview_says(self) -> None:
        html = assert_clean(page(head=f'<meta name="description" content="{OPEN} {LOCKED} {SHORT}">'))
        meta = LexborHTMLParser(html).css_first('meta[name="description"]')
        assert meta is not None
        assert meta.attributes["content"] == OPEN

    def test_keeps_the_headline_though_the_text_repeats_it(self) -> None:
        html = cut(page().replace(LOCKED, f"{HEADLINE}. {LOCKED}"))
        assert f"<title>{HEADLINE}</title>" in html
        assert f"<h1>{HEADLINE}</h1>" in html


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": HEADLINE,
    "articleBody": f"{OPEN} {LOCKED}",
    "description": f"{OPEN} {LOCKED}",
    "isAccessibleForFree": "True",
    "author": {"@type": "Person", "name": "Leyla"},
}


class TestStructuredData:
    def cut_to(self, data: object) -> list[dict[str, object]]:
        html = assert_clean(page(head=f'<script type="application/ld+json">{json.dumps(data)}</script>'))
        found = [json.loads(node.text()) for node in LexborHTMLParser(html).css('script[type="application/ld+json"]')]
        return [one for one in found if isinstance(one, dict)]

    def test_says_that_there_is_a_wall_and_where_and_nothing_of_the_text(self) -> None:
        (article,) = self.cut_to(ARTICLE)
        assert "articleBody" not in article
        assert article["description"] == OPEN
        assert article["isAccessibleForFree"] is False
        assert article["hasPart"] == {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".paywall-text",
        }
        assert article["author"] == ARTICLE["author"]

    def test_is_found_in_a_graph(self) -> None:
        (data,) = self.cut_to({"@graph": [{"@type": ["Article", "Thing"], "text": LOCKED}, {"@type": "WebSite"}]})
        assert data["@graph"][0]["isAccessibleForFree"] is False  # type: ignore[index]
        assert "text" not in data["@graph"][0]  # type: ignore[index]

    def test_of_a_live_blog_loses_the_text_of_every_entry(self) -> None:
        entry = {"@type": "BlogPosting", "articleBody": LOCKED}
        (data,) = self.cut_to({"@type": "LiveBlogPosting", "liveBlogUpdate": [entry, entry]})
        assert "articleBody" not in json.dumps(data)

    def test_is_made_where_there_is_none(self) -> None:
        html = cut(page())
        script = LexborHTMLParser(html).css_first('script[type="application/ld+json"]')
        assert script is not None
        assert json.loads(script.text())["headline"] == HEADLINE

    def test_that_is_no_json_is_dropped(self) -> None:
        assert self.cut_to("x")[0]["@type"] == "NewsArticle"
        html = assert_clean(page(head=f'<script type="application/ld+json">{{"articleBody": "{SHORT},}}</script>'))
        assert SHORT not in html

    def test_can_not_end_its_own_script(self) -> None:
        sneaky = {**ARTICLE, "headline": "</script><script>alert(1)</script>"}
        source = json.dumps(sneaky).replace("</", "<\\/")
        html = cut(page(head=f'<script type="application/ld+json">{source}</script>'))
        assert "<script>alert" not in html


class TestWhatIsLeft:
    def test_a_script_s_other_values_stay(self) -> None:
        state = json.dumps({"user": None, "article": {"body": LOCKED, "lead": OPEN}, "menu": ["News", "Sport"]})
        html = assert_clean(page(after=f'<script id="__NEXT_DATA__" type="application/json">{state}</script>'))
        script = LexborHTMLParser(html).css_first("#__NEXT_DATA__")
        assert script is not None
        left = json.loads(script.text())
        assert left == {"user": None, "article": {"body": "", "lead": OPEN}, "menu": ["News", "Sport"]}

    def test_a_script_that_is_not_json_loses_only_the_literals(self) -> None:
        script = f"<script>var a = {{text: '{LOCKED}', n: 3}}; start(a, \"/menu\");</script>"
        html = assert_clean(page(after=script))
        assert "<script>var a = {text: '', n: 3}; start(a, \"/menu\");</script>" in html

    def test_short_phrases_of_the_text_are_taken_from_what_machines_read(self) -> None:
        state = json.dumps({"paragraphs": [SHORT, LOCKED]})
        html = assert_clean(page(after=f'<script type="application/json">{state}</script>'))
        assert SHORT not in html

    def test_elements_beside_a_copy_stay(self) -> None:
        html = assert_clean(page(after=f"<aside><p>{LOCKED}</p><p>Other news.</p></aside>"))
        assert "<aside><p></p><p>Other news.</p></aside>" in html

    def test_the_doctype_stays_as_it_was(self) -> None:
        old = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/x.dtd">'
        assert cut(page().replace("<!doctype html>", old)).startswith(old)
        assert "doctype" not in cut(page().replace("<!doctype html>", "")).lower()

    def test_the_page_reads_the_same_when_it_is_parsed_again(self) -> None:
        html = cut(page(after="<table><tr><td>a<table><td>b</table></table><p>c<div>d</div><b><i>e</b>f</i>"))
        assert LexborHTMLParser(html).html == html.replace("doctype", "DOCTYPE", 1)

    def test_a_page_that_would_keep_a_part_of_the_text_is_not_cut_at_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paywall.wall.cutting.page.clean", lambda *_: None)
        with pytest.raises(NotCut):
            cut(page(after=f"<p>{LOCKED}</p>"))

    def test_there_is_one_seam(self) -> None:
        assert cut(page()).count(SEAM) == 1
        assert cutting.body_of(cut(page())).index(SEAM) > 0
