"""What is locked, by comparing pages: what one person is shown and another is not."""

import re
from collections.abc import Iterable, Sequence

from paywall.wall.audit.looking.pages import HtmlPage
from paywall.wall.audit.looking.prose import sentences, weight, without
from paywall.wall.traces import letters

LEAST = 60
"""Letters. A difference of less is a greeting or a date."""
LEAST_BEHIND = 300
_MOST = 0.6
_CALLED_AFTER_IT = re.compile(r"pay-?wall|premium|locked|subscriber|members?-?only|restricted|metered", re.IGNORECASE)


def shown_more(
    fuller: Sequence[HtmlPage], lesser: HtmlPage, elsewhere: Iterable[str], *, least: int = LEAST
) -> list[str]:
    """Return the sentences that each of the fuller pages shows, and neither the lesser one nor any other page does.

    `elsewhere` are the texts of other pages: what they show too is navigation, a greeting, an offer. Empty where the
    pages differ by no more than a few words.
    """
    first, *again = fuller
    known = [letters(lesser.visible), *(letters(text) for text in elsewhere)]
    steady = [letters(page.visible) for page in again]
    more = [one for one in without(sentences(first.visible), *known) if all(letters(one) in text for text in steady)]
    more = _within(article_around(first, more), more)
    return more if weight(more) >= least else []


def article_around(page: HtmlPage, found: list[str]) -> str:
    """Return what is shown in the smallest element that may be the article and holds most of these sentences."""
    for text in page.containers():
        if weight(_within(text, found)) >= _MOST * weight(found):
            return text
    return page.visible


def _within(text: str, found: list[str]) -> list[str]:
    inside = letters(text)
    return [one for one in found if letters(one) in inside]


def behind_the_wall(page: HtmlPage, elsewhere: Iterable[str], *, whole: bool) -> list[str]:
    """Return the sentences in a part that the page itself says is not free (JSON-LD: `hasPart` with `cssSelector`).

    Such a part may be the whole article, preview included: it counts where it is called after the wall and a preview
    stands outside it, or where it is known that the page holds nothing back (`whole`).
    """
    known = [letters(text) for text in elsewhere]
    for selector in page.part_selectors():
        inside = page.inside(selector)
        outside = without(sentences(page.visible), letters(inside), *known)
        found = without(sentences(inside), *known)
        is_apart = (
            bool(_CALLED_AFTER_IT.search(selector)) and weight(_within(article_around(page, outside), outside)) >= LEAST
        )
        if weight(found) >= LEAST_BEHIND and (whole or is_apart):
            return found
    return []
