"""Where on a page its article ends for those who may not read it: at markers, or inside what a selector names."""

from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from paywall.wall.cutting.nodes import alone_in, parents, take_away_after, walk
from paywall.wall.cutting.preview import cut_to_preview, take_away_from
from paywall.wall.cutting.rules import CutRules

MARKED_CLASS = "paywall-text"
"""Given to the element that a marker is in, so that search engines can be told where the wall is."""


class Marks(NamedTuple):
    """What was found on a page."""

    comments: list[LexborNode]
    bodies: list[LexborNode]
    """What the selector names, none inside another, in the order of the page."""

    @property
    def is_there(self) -> bool:
        """True where anything was found."""
        return bool(self.comments or self.bodies)


class Taken(NamedTuple):
    """What was cut."""

    text: str
    place: LexborNode
    """The element that was cut: the invitation goes to its end."""
    left: list[LexborNode]
    """The elements that held the article and now hold its preview."""
    selector: str
    """What names them."""


def check_selector(selector: str) -> None:
    """Raise ValueError for what is no CSS selector."""
    try:
        LexborHTMLParser("<p></p>").css(selector)
    except (SelectolaxError, UnicodeError, ValueError):
        raise ValueError(f"cut={selector!r} is no CSS selector") from None


def find_marks(tree: LexborHTMLParser, rules: CutRules, *, has_marker: bool) -> Marks:
    """Look for both; `has_marker` says that the marker is somewhere in the page's source."""
    body = tree.body
    if body is None:
        return Marks([], [])
    comments = list(_comments(body, rules)) if has_marker else []
    return Marks(comments, _outermost(tree.css(rules.selector), body) if rules.selector else [])


def cut(marks: Marks, rules: CutRules) -> Taken:
    """Take away what is locked. Something must have been found, and is of no use after that."""
    numbers = {body.mem_id: number for number, body in enumerate(marks.bodies)}
    places = [(comment, _body_around(comment, numbers)) for comment in marks.comments]
    taken = [_cut_bodies(marks.bodies, places, rules)] if marks.bodies else []
    taken += [_cut_at(comment, end) for comment, number in places if number is None and (end := _end(comment))]
    return Taken(
        " ".join(one.text for one in taken),
        taken[0].place,
        [node for one in taken for node in one.left],
        rules.selector or f".{MARKED_CLASS}",
    )


def _cut_bodies(bodies: list[LexborNode], places: list[tuple[LexborNode, int | None]], rules: CutRules) -> Taken:
    for comment, number in places:
        if number is not None:
            return Taken(take_away_from(bodies, number, comment), bodies[number], bodies, rules.selector)
    text, number = cut_to_preview(bodies, rules)
    return Taken(text, bodies[number], bodies, rules.selector)


def _end(comment: LexborNode) -> LexborNode | None:
    """Return the element whose end ends what a marker locks; None where an earlier cut took the marker away."""
    return alone_in(comment).parent


def _cut_at(comment: LexborNode, end: LexborNode) -> Taken:
    end.attrs["class"] = f"{end.attributes.get('class') or ''} {MARKED_CLASS}".strip()
    return Taken(take_away_after(comment, end), end, [end], "")


def _comments(top: LexborNode, rules: CutRules) -> Iterator[LexborNode]:
    return (node for node in walk(top) if node.is_comment_node and rules.is_marker(node.comment_content or ""))


def _outermost(nodes: list[LexborNode], body: LexborNode) -> list[LexborNode]:
    every = {node.mem_id for node in nodes}
    if any(parent.mem_id in every for parent in (body, *parents(body))):
        return [body]
    return [node for node in nodes if not any(parent.mem_id in every for parent in parents(node))]


def _body_around(comment: LexborNode, numbers: dict[int, int]) -> int | None:
    return next((numbers[parent.mem_id] for parent in parents(comment) if parent.mem_id in numbers), None)
