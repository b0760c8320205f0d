"""Where the text of an article may slip out: the kinds of addresses, the places in an answer, and how to mend each."""

from enum import Enum
from typing import NamedTuple


class About(NamedTuple):
    """What is told of it: its name, and one sentence that says how to mend a leak there (empty: the place says it)."""

    title: str
    mend: str


class Surface(Enum):
    """A kind of address, or of asking."""

    PAGE = About("the article's page", "")
    HEAD = About("HEAD", "Answer HEAD as GET is answered for the same person, without the body.")
    CONDITION = About(
        "conditional and partial requests", "Leave ETag, Last-Modified and ranges off pages behind the wall."
    )
    CACHE = About("a cache", "Send `Cache-Control: private, no-store` with every page that depends on the reader.")
    VARIANT = About(
        "page variants", "Decide by the article, not by the address: an unknown parameter must change nothing."
    )
    PRINT = About("print variants", "Put the same check in front of the print version as of the page.")
    AMP = About("AMP", "Cut the AMP page on the server too, or give it up: amp-access hides, it does not lock.")
    SPELLING = About("odd spellings", "Decide where the article is rendered, not by a pattern of the address.")
    FEED = About("feeds", "Put the preview into feeds, never the whole text (content:encoded, content_html).")
    SITEMAP = About("sitemaps", "Sitemaps need addresses and headlines; take the text out.")
    OEMBED = About("oEmbed", "Have the oEmbed answer made from the preview.")
    REST = About(
        "REST and JSON", "Put the check in front of the interface too, or leave the body out of what it tells."
    )
    CANDIDATE = About("addresses named in the page", "Put the check in front of what the page's scripts fetch.")
    SCRIPT = About("script files", "Take the text out of script files: they are public.")
    WORKER = About(
        "service workers and manifests",
        "Take articles out of what the service worker keeps beforehand.",
    )
    LISTING = About(
        "front page and lists", "Render lists from previews; don't hand whole articles to templates or page state."
    )
    SEARCH = About("search", "Search in the preview only, or show no snippets of what was found.")
    FOR_MACHINES = About("files for machines", "Leave articles behind the wall out of llms.txt and files like it.")

    @property
    def title(self) -> str:
        """What people call it."""
        return self.value.title

    @property
    def mend(self) -> str:
        """How to mend a leak there; empty where that depends on the place in the answer."""
        return self.value.mend


class Place(Enum):
    """A part of an answer."""

    TEXT = About(
        "the text that is shown", "Cut the text on the server: what a browser is sent is read, wall or no wall."
    )
    HIDDEN = About(
        "hidden elements",
        "Take the text out of the page: an element that styles or a script hide is sent all the same.",
    )
    JSON_LD = About(
        "JSON-LD",
        "Leave `articleBody` and `text` out; say `isAccessibleForFree: false` with `hasPart`.",
    )
    META = About("meta tags", "Write descriptions from the preview.")
    STATE = About(
        "scripts and their state", "Give the page's state the preview only; the rest may be fetched after a check."
    )
    ATTRIBUTES = About("attributes", "Take the text out of data attributes; encoding it hides nothing.")
    INPUTS = About("form fields", "Take the text out of hidden fields.")
    COMMENTS = About("comments", "Remove the comment.")
    NOSCRIPT = About("noscript", "Put the preview into `noscript`, or a link.")
    TEMPLATES = About("templates", "Take the text out of `template` elements.")
    STYLES = About("style sheets", "Take the text out of the style sheet.")
    HEADERS = About("headers", "Take the text out of the answer's headers.")
    DATA = About("its data", "Leave the body out of the answer.")
    ENTRY = About("its entries", "Put the preview into each entry.")
    REDIRECT = About(
        "the body of a redirect", "End the request where you redirect: the page is rendered and sent all the same."
    )
    REFUSAL = About(
        "the body of a refusal", "End the request where you refuse: the page is rendered and sent all the same."
    )
    LENGTH = About("its length", "Take the length from the page that this person would be sent.")
    SOURCE = About("its source", "Take the text out of the answer.")

    @property
    def title(self) -> str:
        """What people call it."""
        return self.value.title

    @property
    def mend(self) -> str:
        """How to mend a leak there."""
        return self.value.mend
