"""One page, cut: what comes before the invitation and what comes after it."""

import re
import secrets
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.page import clean, is_clean
from paywall.wall.cleaning.structured import clean_structured_data, say_there_is_a_wall
from paywall.wall.cutting.marks import Marks, cut
from paywall.wall.cutting.nodes import place_for_block, read, takes_blocks
from paywall.wall.cutting.rules import CutRules

_DOCTYPE = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)
_HEADLINES = 'title, h1, meta[property="og:title"], meta[name="twitter:title"]'


class NotCut(Exception):
    """A page could not be cut so that nothing of the locked text is left on it."""


class CutPage(NamedTuple):
    """A page without its locked text; the invitation belongs between the two."""

    before: str
    after: str


def cut_page(tree: LexborHTMLParser, marks: Marks, rules: CutRules, source: str) -> CutPage:
    """Cut a page, whose tree is of no use after that. Raises NotCut where a part of the locked text would stay."""
    headlines = [f"{read(node)} {node.attributes.get('content') or ''}" for node in tree.css(_HEADLINES)]
    taken = cut(marks, rules)
    hidden = Hidden(taken.text, " ".join([*headlines, *map(read, taken.left)]))
    clean_structured_data(tree, hidden, taken.selector)
    if not is_clean(tree, hidden):
        clean(tree, hidden)
        if not is_clean(tree, hidden):
            raise NotCut
    seam = f"paywall-{secrets.token_hex(16)}"
    _put(seam, taken.place)
    before, _, after = html_of(tree, source).partition(seam)
    return CutPage(before, after)


def with_wall_told(tree: LexborHTMLParser, rules: CutRules, source: str) -> str:
    """Return the whole page for a search engine that may read it: it is told that there is a wall."""
    say_there_is_a_wall(tree, rules.selector or "body")
    return html_of(tree, source)


def html_of(tree: LexborHTMLParser, source: str) -> str:
    """Return the page's HTML, with the doctype that it came with: another one would have it shown in another way."""
    html = tree.html or ""
    doctype = _DOCTYPE.search(source, 0, 2_048)
    return _DOCTYPE.sub(lambda _: doctype[0], html, count=1) if doctype else html


def _put(seam: str, place: LexborNode) -> None:
    if takes_blocks(place):
        place.insert_child(seam)
    else:
        place_for_block(place).insert_after(seam)
