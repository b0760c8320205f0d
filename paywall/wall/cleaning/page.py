"""Everywhere else on a page that its text may be: scripts, comments, templates, attributes, other visible elements."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.letters import letters
from paywall.wall.cleaning.readings import gives_away
from paywall.wall.cleaning.scripts import cleaned_script, cleaned_text
from paywall.wall.cutting.nodes import walk

_SHORTEST = 12
_READ_BY_PEOPLE = frozenset({"alt", "aria-label", "content", "title", "value", "placeholder", "label"})
_SOURCE = frozenset({"script", "style"})
_KEPT = frozenset({"html", "head", "body"})


def is_clean(tree: LexborHTMLParser, hidden: Hidden) -> bool:
    """Tell whether nothing on the page gives the hidden text away: no reading of its source, nor what it shows."""
    if gives_away(tree.html or "", hidden):
        return False
    body = tree.body
    return body is None or not hidden.is_within(letters(_shown(body)))


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
    if not _shows(node, hidden):
        return
    for child in list(node.iter()):
        if child.tag not in _SOURCE:
            _clean_shown(child, hidden)
    for text in [child for child in node.iter(include_text=True) if child.is_text_node]:
        if hidden.is_in(text.text_content or ""):
            text.decompose()
    if node.tag not in _KEPT and _shows(node, hidden):
        node.decompose()


def _shows(node: LexborNode, hidden: Hidden) -> bool:
    return hidden.is_within(letters(_shown(node)))


def _shown(node: LexborNode) -> str:
    return "".join(_texts(node))


def _texts(node: LexborNode) -> Iterator[str]:
    return (inner.text_content or "" for inner in walk(node, _SOURCE) if inner.is_text_node)
