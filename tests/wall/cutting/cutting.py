"""Cutting a page in tests, in one call."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser

from paywall.wall.cutting.marks import find_marks
from paywall.wall.cutting.page import cut_page
from paywall.wall.cutting.rules import CutRules

SEAM = "[HERE]"


def cut(source: str, **rules: Any) -> str:
    """Return the page as it is cut, with SEAM where the invitation goes; as it was where there is nothing to cut."""
    wanted = CutRules(**rules)
    tree = LexborHTMLParser(source)
    marks = find_marks(tree, wanted, has_marker=wanted.marker_pattern.search(source) is not None)
    if not marks.is_there:
        return source
    page = cut_page(tree, marks, wanted, source)
    return f"{page.before}{SEAM}{page.after}"


def body_of(html: str) -> str:
    """Return what is inside the body of a page."""
    tree = LexborHTMLParser(html)
    assert tree.body is not None
    return tree.body.inner_html or ""
