"""Everywhere else on a page that its text may be: scripts, comments, templates, attributes, other visible elements."""

from bisect import bisect_left

from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.readings import gives_away
from paywall.wall.cleaning.scripts import cleaned_script, cleaned_text
from paywall.wall.cutting.nodes import walk

_SHORTEST = 12
_READ_BY_PEOPLE = frozenset({"alt", "aria-label", "content", "title", "value", "placeholder", "label"})
_SOURCE = frozenset({"script", "style"})


def is_clean(tree: LexborHTMLParser, hidden: Hidden) -> bool:
    """Tell whether nothing on the page gives the hidden text away: no reading of its source, nor what it shows."""
    if gives_away(tree.html or "", hidden):
        return False
    body = tree.body
    return body is None or not gives_away(_shown(body), hidden)


def clean(tree: LexborHTMLParser, hidden: Hidden) -> None:
    """Take away whatever gives the hidden text away, and as little else as can be."""
    root = tree.root
    if root is None or root.parent is None:
        return
    nodes = list(walk(root.parent))
    elements = [node for node in nodes if node.is_element_node]
    _clean_comments([node for node in nodes if node.is_comment_node], hidden)
    _clean_attributes([(node, node.attributes) for node in elements], hidden)
    for node in elements:
        if node.tag in _SOURCE:
            _clean_source(node, hidden)
        elif node.tag == "template" and gives_away(node.html or "", hidden):
            node.decompose()
    if tree.body is not None:
        _clean_shown(tree.body, hidden)


def _clean_comments(comments: list[LexborNode], hidden: Hidden) -> None:
    if gives_away("\n".join(node.comment_content or "" for node in comments), hidden):
        for node in comments:
            if gives_away(node.comment_content or "", hidden):
                node.decompose()


def _clean_attributes(elements: list[tuple[LexborNode, dict[str, str | None]]], hidden: Hidden) -> None:
    every = [(node, name, value) for node, found in elements for name, value in found.items() if value]
    is_given_away = gives_away("\n".join(value for _, _, value in every), hidden)
    for node, name, value in every:
        is_read = name in _READ_BY_PEOPLE
        if (is_given_away or is_read) and len(value) >= _SHORTEST and gives_away(value, hidden):
            node.attrs[name] = cleaned_text(value, hidden) if is_read else ""


def _clean_source(node: LexborNode, hidden: Hidden) -> None:
    source = node.text()
    cleaned = cleaned_script(source, hidden)
    if cleaned != source:
        for child in list(node.iter(include_text=True)):
            child.decompose()
        if cleaned:
            node.insert_child(cleaned)


def _clean_shown(node: LexborNode, hidden: Hidden) -> None:
    """Take away the smallest elements that show a part of the hidden text."""
    if not gives_away(_shown(node), hidden):
        return
    for child in list(node.iter(include_text=True)):
        if child.is_text_node and gives_away(child.text_content or "", hidden):
            child.decompose()
        elif child.is_element_node and child.tag not in _SOURCE:
            _clean_shown(child, hidden)
    children = [child for child in node.iter(include_text=True) if child.tag not in _SOURCE]
    while together := _telling_together(children, hidden):
        for child in children[together]:
            child.decompose()
        del children[together]


def _telling_together(nodes: list[LexborNode], hidden: Hidden) -> slice | None:
    """Return the first few neighbours that only together show a part of the hidden text."""
    texts = [node.text_content or "" if node.is_text_node else _shown(node) for node in nodes]
    if not gives_away("\n".join(texts), hidden):
        return None
    places = range(len(texts) + 1)
    end = bisect_left(places, True, key=lambda end: gives_away("\n".join(texts[:end]), hidden))
    start = bisect_left(places, True, hi=end, key=lambda start: not gives_away("\n".join(texts[start:end]), hidden)) - 1
    return slice(max(start, 0), end)


def _shown(node: LexborNode) -> str:
    """Return all text in an element; the line ends between its pieces are no letters, and part what is packed."""
    return "\n".join(inner.text_content or "" for inner in walk(node, _SOURCE) if inner.is_text_node)
