"""Whatever is typed or stored: a mail is written, and nothing in its HTML is the publisher's but text and links."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from paywall.letters.checking import checked
from paywall.letters.kinds import KINDS, Kind
from paywall.letters.ours import our_words
from paywall.letters.rules import Values, Words, fill_text, read_text
from paywall.letters.writing import Occasion, write_in_words
from paywall.mail import Letterhead

HEAD = Letterhead("The <News>", "desk@news.test", "https://news.test", "#8a1c1c")
TAGS = set("html head meta title body table tbody tr td p h1 a br".split())
ATTRIBUTES = set("lang charset name content style role width cellpadding cellspacing align href".split())
PIECES = [
    "{amount}", "{only_plan} ", "{not_plan}", "{plan}", "{tax}", "{invoice_url}", "{cancel_url}", "{newspaper}",
    "{gone}", "{", "}", "{{7*7}}", "{% raw %}", "{0.__class__}", "\\g<0>", "\\1", "%s", "\n", "\n\n", "\r\n",
    "= ", "> ", "- ", ": ", "Paid", "Спасибо", "<b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    '" onclick="alert(1)', "&lt;", "</p></td></table>", "<!--", "javascript:alert(1)", "https://news.test/",
    "http://evil.test", "data:text/html,x", "> Invoice: {invoice_url}", "- Cancel: {cancel_url}",
    "= Paid: {amount} on {paid_on}",
]  # fmt: skip
TYPED = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=14).map("".join)
LINES = st.sampled_from([
    "{plan} <b>{number}</b>", "{only_plan} <script>alert(1)</script>", "{not_tax} > {amount}: {invoice_url}",
    "= <i>Tax</i>: {tax}", "= For: {period}", "- A&B <a href='x'>: https://news.test/?a=1&b=2", "</p></table>", "",
    "\\g<0> %s \\1", "— Спасибо, «{newspaper}»", "> </a>: {pdf_url}", "=nothing", "<!-- {paid_on}",
])  # fmt: skip
NEEDED = "\n\n= Paid: {amount} on {paid_on}\n\n> Invoice: {invoice_url}\n\n- Cancel: {cancel_url}"
VALUE = st.sampled_from(["", "4.99", "<b>x</b>", "{amount}", "a\nb", "\n> x: https://evil.test"]) | st.text(max_size=8)


def values_for(kind: Kind, text: str = "x") -> dict[str, object]:
    names = {*kind.always, *kind.optional}
    links = {name: f"https://news.test/{name}" if name.endswith("_url") else text for name in names}
    return {**links, **dict.fromkeys(kind.situations, True)}


def in_html(html: str) -> tuple[set[str], set[str], list[str]]:
    """Return tags, attributes and addresses of a page."""
    nodes = [node for node in LexborHTMLParser(html).css("*") if node.tag]
    attributes = {name for node in nodes for name in node.attributes}
    return (
        {node.tag or "" for node in nodes},
        attributes,
        [str(node.attributes["href"]) for node in nodes if node.tag == "a"],
    )


class TestAnyWords:
    @settings(deadline=None, max_examples=300)
    @given(TYPED, TYPED, VALUE, st.booleans())
    def test_make_a_mail_with_no_html_of_their_own(self, subject: str, text: str, value: str, completed: bool) -> None:
        kind = KINDS["billing_receipt"]
        values = {**values_for(kind), "plan": value, "amount": value or "1"}
        own = Words(subject, text + NEEDED if completed else text)
        mail = write_in_words(HEAD, Occasion("billing_receipt", "r@example.org", values), own, "ru")
        tags, attributes, links = in_html(mail.html)
        assert tags <= TAGS, tags
        assert attributes <= ATTRIBUTES, attributes
        assert all(link.startswith(("https://", "mailto:desk@news.test")) for link in links), links
        assert {"https://news.test/invoice_url", "https://news.test/cancel_url"} <= set(links)
        assert mail.subject
        assert "\n" not in mail.subject + mail.recipient

    @settings(deadline=None)
    @given(st.lists(LINES, max_size=12), st.sets(st.sampled_from(KINDS["billing_receipt"].optional)))
    def test_that_are_taken_are_those_that_are_used(self, lines: list[str], empty: set[str]) -> None:
        kind = KINDS["billing_receipt"]
        own = checked(kind, Words("<{amount}>", "\n".join(lines) + NEEDED))
        values = {**values_for(kind), **dict.fromkeys(empty, "")}
        mail = write_in_words(HEAD, Occasion("billing_receipt", "r@example.org", values), own, "ru")
        assert mail.subject == "<x>"
        assert '<html lang="ru">' in mail.html
        assert in_html(mail.html)[0] <= TAGS


class TestOurWords:
    def test_say_what_is_needed_however_things_stand(self) -> None:
        for name, kind in KINDS.items():
            for standing in product((True, False), repeat=len(kind.marks)):
                facts = dict(zip(kind.marks, standing, strict=True))
                said = " ".join(str(pair) for part in _filled(name, facts) for pair in part)
                needed = [need for need in kind.needs if facts.get(need, True)]
                assert said, (name, facts)
                assert all(f"<{need}>" in said for need in needed), (name, facts)


def _filled(name: str, facts: dict[str, bool]) -> list[tuple[tuple[str, str], ...]]:
    kind = KINDS[name]
    words = {one: f"<{one}>" if facts.get(one, True) else "" for one in ("newspaper", *kind.always, *kind.optional)}
    values: Values = {**words, **{one: facts[one] for one in kind.situations}}
    return [part.pairs for part in fill_text(read_text(our_words(name).text), values)]
