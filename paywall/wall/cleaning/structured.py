"""What a page tells search engines about its article (schema.org JSON-LD): never its text, and that it has a wall."""

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from paywall.wall.cleaning.hidden import Hidden
from paywall.wall.cleaning.scripts import cleaned_value, in_script

_TEXTS = frozenset({"articleBody", "transcript", "reviewBody"})
_TEXTS_OF_ARTICLES = frozenset({"text", "hasPart", "isAccessibleForFree"})
_POSTINGS = frozenset({"BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report"})
_SCRIPT = 'script[type="application/ld+json" i]'


def clean_structured_data(tree: LexborHTMLParser, hidden: Hidden, selector: str) -> None:
    """Take the text out of the page's JSON-LD, and have it say that what `selector` names is behind a wall."""
    has_article = False
    for script in tree.css(_SCRIPT):
        data = _read(script)
        if data is None:
            script.decompose()
            continue
        for article in _articles(data):
            has_article = True
            article.update(_wall(selector))
        _replace(script, cleaned_value(_without_texts(data), hidden))
    if not has_article:
        _add(tree, {"@context": "https://schema.org", "@type": "NewsArticle", **_headline(tree), **_wall(selector)})


def say_there_is_a_wall(tree: LexborHTMLParser, selector: str) -> None:
    """Have the page's JSON-LD say that what `selector` names is behind a wall, and leave all else as it is."""
    articles = [(script, data) for script in tree.css(_SCRIPT) if (data := _read(script)) and any(_articles(data))]
    for script, data in articles:
        for article in _articles(data):
            article.update(_wall(selector))
        _replace(script, data)
    if not articles:
        _add(tree, {"@context": "https://schema.org", "@type": "NewsArticle", **_headline(tree), **_wall(selector)})


def _read(script: LexborNode) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(script.text(), strict=False)
    except (ValueError, RecursionError):
        return None


def _articles(data: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - whatever JSON holds
    """Yield every article in there, however deep."""
    if isinstance(data, list):
        for one in data:
            yield from _articles(one)
    elif isinstance(data, dict):
        if _is_article(data):
            yield data
        for one in list(data.values()):
            yield from _articles(one)


def _is_article(data: dict[str, Any]) -> bool:
    types = data.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and (name.endswith("Article") or name in _POSTINGS) for name in names)


def _without_texts(data: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(data, list):
        return [_without_texts(one) for one in data]
    if not isinstance(data, dict):
        return data
    dropped = _TEXTS | {"text"} if _is_article(data) else _TEXTS
    return {name: _without_texts(one) for name, one in data.items() if name not in dropped}


def _wall(selector: str) -> dict[str, Any]:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": selector}
    return {"isAccessibleForFree": False, "hasPart": part}


def _headline(tree: LexborHTMLParser) -> dict[str, str]:
    heading = tree.css_first("h1") or tree.css_first("title")
    text = " ".join(heading.text().split()) if heading else ""
    return {"headline": text[:110]} if text else {}


def _replace(script: LexborNode, data: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    for node in list(script.iter(include_text=True)):
        node.decompose()
    script.insert_child(in_script(data))


def _add(tree: LexborHTMLParser, data: dict[str, Any]) -> None:
    place = tree.head or tree.body
    if place is not None:
        script = tree.create_node("script")
        script.attrs["type"] = "application/ld+json"
        script.insert_child(in_script(data))
        place.insert_child(script)
