"""A page as its places: what it shows, what it hides, and everything else that travels with it."""

import re
from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from paywall.wall.audit.looking.prose import INLINE, without_tags
from paywall.wall.audit.surfaces import Place
from paywall.wall.cutting.nodes import walk

_HIDING_STYLE = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:[;\s]|$)|font-size\s*:\s*0|filter\s*:\s*blur|"
    r"(?:max-)?height\s*:\s*0(?:px)?\s*(?:[;!]|$)|(?:left|text-indent)\s*:\s*-\d{3,}|clip-path\s*:\s*inset\(\s*100)",
    re.IGNORECASE,
)
_HIDING_CLASSES = frozenset(["hidden", "d-none", "is-hidden", "hide", "blur", "blurred", "u-hidden", "display-none"])
_FOR_PAPER = re.compile(r"@media[^{@]{0,500}\bprint\b[^{@]{0,500}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE)
_RULE = re.compile(r"(?:^|(?<=[{}]))([^{}]+)\{([^{}]*)\}")
_NO_PROSE = frozenset({"script", "style", "template", "noscript", "head", "svg", "math", "object"})
_IN_SENTENCES = INLINE | {"-text"}
_CONTAINERS = "[itemprop=articleBody], article, main, [role=main]"
_DRAWN = "svg, math, object"
_ALWAYS_HIDING = "dialog:not([open])"
_PART = re.compile(r'"cssSelector"\s*:\s*"([^"]+)"')
_OF_DATA = frozenset({"value", "srcdoc", "content"})
_MOST_RULES = 400


class HtmlPage:
    """A page that was sent. `styles` are its linked style sheets, as far as they were fetched."""

    def __init__(self, source: str, styles: str = "") -> None:
        self.source, self._styles = source, styles
        self.tree = LexborHTMLParser(source)

    @cached_property
    def visible(self) -> str:
        """What somebody reads on it who runs no scripts, a line for each block."""
        return self.prose_of(self.tree.body)

    @cached_property
    def hidden_blocks(self) -> list[str]:
        """The text of what is in the page and not shown, siblings together."""
        blocks: dict[int, list[str]] = {0: [without_tags_of(node) for node in self.tree.css(_DRAWN)]}
        for node in self._hidden_nodes:
            if not self._is_within_hidden(node):
                parent = node.parent.mem_id if node.parent else 0
                blocks.setdefault(parent, []).append(without_tags_of(node))
        return ["\n".join(siblings) for siblings in blocks.values()]

    def prose_of(self, node: LexborNode | None) -> str:
        """Return what is shown of an element, a line for each block."""
        return "".join(self._shown(node)) if node is not None else ""

    def containers(self) -> list[str]:
        """Return what is shown in each element that may hold the article, the smallest first; else all."""
        nodes = sorted(self.tree.css(_CONTAINERS), key=lambda node: len(node.html or ""))
        return [self.prose_of(node) for node in nodes] or [self.visible]

    def part_selectors(self) -> list[str]:
        """Return the selectors by which the page's JSON-LD names what is behind its wall."""
        return [found for text in self.structured_data for found in _PART.findall(text)]

    def inside(self, selector: str) -> str:
        """Return the text of what a selector names, hidden or not."""
        return "\n".join(without_tags_of(node) for node in _found(self.tree, selector))

    def places(self) -> Iterator[tuple[Place, str]]:
        """Yield each place that may hold the text, with what is in it. Together they are the whole page."""
        yield Place.TEXT, self.visible
        yield Place.HIDDEN, "\n".join(self.hidden_blocks)
        yield Place.JSON_LD, "\n".join(self.structured_data)
        yield Place.STATE, "\n".join(node.text() for node in self.tree.css("script") if not _is_json_ld(node))
        yield from ((place, "\n".join(values)) for place, values in self._values().items())
        yield Place.COMMENTS, "\n".join(node.comment_content or "" for node in self._nodes if node.is_comment_node)
        yield Place.NOSCRIPT, "\n".join(node.html or "" for node in self.tree.css("noscript"))
        yield Place.TEMPLATES, "\n".join(node.html or "" for node in self.tree.css("template"))
        yield Place.STYLES, "\n".join(node.text() for node in self.tree.css("style"))

    def data_values(self) -> list[str]:
        """Return what attributes hold that nobody is shown: data, values of fields, documents within, descriptions."""
        pairs = [(name, value or "") for node in self._nodes if node.is_element_node for name, value in _told(node)]
        return [value for name, value in pairs if name.startswith("data-") or name in _OF_DATA]

    @cached_property
    def structured_data(self) -> list[str]:
        """The page's JSON-LD, as it stands."""
        return [node.text() for node in self.tree.css("script") if _is_json_ld(node)]

    @cached_property
    def _nodes(self) -> list[LexborNode]:
        root = self.tree.root
        return [] if root is None else list(walk(root.parent or root))

    def _values(self) -> dict[Place, list[str]]:
        values: dict[Place, list[str]] = {Place.META: [], Place.INPUTS: [], Place.ATTRIBUTES: []}
        values[Place.META] += [node.text() for node in self.tree.css("title")]
        for node in self._nodes:
            if node.is_element_node:
                place = {"meta": Place.META, "input": Place.INPUTS}.get(node.tag or "", Place.ATTRIBUTES)
                values[place] += [value for value in node.attributes.values() if value]
        return values

    @cached_property
    def _hidden_nodes(self) -> list[LexborNode]:
        by_itself = [node for node in self._nodes if node.is_element_node and _hides_itself(node)]
        by_rule = [
            node for selector in [_ALWAYS_HIDING, *self._hiding_selectors] for node in _found(self.tree, selector)
        ]
        known = {node.mem_id: node for node in by_itself + by_rule}
        return [node for node in known.values() if node.tag not in ("html", "body", "head", *_NO_PROSE)]

    @cached_property
    def _hidden_ids(self) -> set[int]:
        return {node.mem_id for node in self._hidden_nodes}

    @cached_property
    def _hiding_selectors(self) -> list[str]:
        css = _FOR_PAPER.sub("", "\n".join([*(node.text() for node in self.tree.css("style")), self._styles]))
        hiding = [selector.strip() for selector, rule in _RULE.findall(css) if _HIDING_STYLE.search(rule)]
        return [selector for selector in hiding if selector and ":" not in selector and "@" not in selector][
            :_MOST_RULES
        ]

    def _is_within_hidden(self, node: LexborNode) -> bool:
        parent = node.parent
        while parent is not None:
            if parent.mem_id in self._hidden_ids:
                return True
            parent = parent.parent
        return False

    def _shown(self, top: LexborNode) -> Iterator[str]:
        stack: list[LexborNode | str] = [*_children(top)]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                yield node
            elif node.is_text_node:
                yield node.text_content or ""
            elif node.is_element_node and node.tag not in _NO_PROSE and node.mem_id not in self._hidden_ids:
                edge = "" if node.tag in _IN_SENTENCES else "\n"
                yield edge
                stack += [edge, *_children(node)]


def without_tags_of(node: LexborNode) -> str:
    """Return all the text of an element, a line for each block."""
    return without_tags(node.html or "")


def _told(node: LexborNode) -> Iterator[tuple[str, str | None]]:
    return iter(node.attributes.items())


def _is_json_ld(node: LexborNode) -> bool:
    return "ld+json" in (node.attributes.get("type") or "").lower()


def _hides_itself(node: LexborNode) -> bool:
    told = node.attributes
    classes = (told.get("class") or "").lower().split()
    return "hidden" in told or bool(_HIDING_STYLE.search(told.get("style") or "")) or bool(_HIDING_CLASSES & {*classes})


def _found(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except (SelectolaxError, ValueError):
        return []


def _children(node: LexborNode) -> Iterator[LexborNode]:
    """Yield what is in an element, the last one first."""
    return reversed(list(node.iter(include_text=True)))
