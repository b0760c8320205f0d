"""Walking a page's tree: its texts in order, and taking away what comes after a place."""

from collections.abc import Container, Iterator

from selectolax.lexbor import LexborNode

NO_TEXT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math"})
FURNITURE = NO_TEXT | {"nav", "form", "button", "select", "textarea"}
"""What may stand within an article and is none of its text."""
FLOW = frozenset(
    [
        "div",
        "section",
        "article",
        "main",
        "body",
        "aside",
        "header",
        "footer",
        "td",
        "th",
        "li",
        "dd",
        "blockquote",
        "center",
        "details",
        "fieldset",
        "figure",
        "form",
        "address",
    ]
)
"""Where a block may be put."""
_PHRASES = frozenset(
    [
        "p",
        "span",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "u",
        "s",
        "small",
        "font",
        "big",
        "mark",
        "cite",
        "q",
        "sub",
        "sup",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)


def walk(top: LexborNode, left_out: Container[str] = ()) -> Iterator[LexborNode]:
    """Yield what is inside `top`, in the order of the page, texts and comments too; not into what is left out."""
    node = top.first_child
    while node is not None:
        yield node
        inner = None if node.tag in left_out else node.first_child
        node = inner or _following(node, top)


def texts(top: LexborNode, left_out: Container[str] = NO_TEXT) -> Iterator[LexborNode]:
    """Yield the texts inside `top` that are more than space."""
    return (node for node in walk(top, left_out) if node.is_text_node and not node.is_empty_text_node)


def told(node: LexborNode) -> str:
    """Return all that a node tells a reader: its texts, and what stands in the place of pictures."""
    if not node.is_element_node:
        return node.text_content or ""
    if node.tag in FURNITURE:
        return ""
    inner = walk(node, FURNITURE)
    found = [n.text_content if n.is_text_node else n.attributes.get("alt") for n in inner if not n.is_comment_node]
    return " ".join(text for text in [node.attributes.get("alt"), *found] if text)


def read(node: LexborNode) -> str:
    """Return what a node shows as text."""
    return " ".join(text.text_content or "" for text in texts(node, FURNITURE))


def parents(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around a node, the nearest first."""
    parent = node.parent
    while parent is not None and parent.is_element_node:
        yield parent
        parent = parent.parent


def take_away(node: LexborNode) -> str:
    """Remove a node; returns what it told."""
    said = told(node)
    node.decompose()
    return said


def take_away_inside(top: LexborNode) -> str:
    """Remove all that is inside an element; returns what that told."""
    return " ".join([take_away(node) for node in list(top.iter(include_text=True))])


def take_away_after(node: LexborNode, end: LexborNode) -> str:
    """Remove what comes after `node` up to the end of the element `end` around it; returns what that told."""
    taken: list[str] = []
    at: LexborNode | None = node
    while at is not None and at.mem_id != end.mem_id:
        while (following := at.next) is not None:
            taken.append(take_away(following))
        at = at.parent
    return " ".join(taken)


def alone_in(node: LexborNode) -> LexborNode:
    """Return the outermost element that holds nothing but `node`, or is the paragraph that it is in; else the node.

    Editors wrap what they don't know: `<p><!-- paywall --></p>`, `<div class="block"><!-- paywall --></div>`.
    """
    outer = node
    for parent in parents(node):
        if parent.tag in ("body", "html") or not (parent.tag in _PHRASES or _holds_only(parent, outer)):
            break
        outer = parent
    return outer


def place_for_block(node: LexborNode) -> LexborNode:
    """Return `node`, or the first element around it after which a block may stand."""
    while node.parent is not None and node.parent.is_element_node and not takes_blocks(node.parent):
        node = node.parent
    return node


def takes_blocks(node: LexborNode) -> bool:
    """Tell whether a block may stand inside this element."""
    tag = node.tag or ""
    return tag in FLOW or "-" in tag


def _holds_only(parent: LexborNode, child: LexborNode) -> bool:
    nodes = parent.iter(include_text=True)
    return all(node.mem_id == child.mem_id or node.is_empty_text_node or node.is_comment_node for node in nodes)


def _following(node: LexborNode, top: LexborNode) -> LexborNode | None:
    at: LexborNode | None = node
    while at is not None and at.mem_id != top.mem_id:
        if at.next is not None:
            return at.next
        at = at.parent
    return None
