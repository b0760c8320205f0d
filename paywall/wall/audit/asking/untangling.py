"""Pages that are small to send and endless to read: known by their tags before a parser meets them."""

from paywall.articles.body.tangles import refuse_tangles
from paywall.errors import BadInput

_FEW_TAGS = 1_000
_ENCLOSING = ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style"))


def is_tangled(page: bytes) -> bool:
    """Tell whether elements are nested or left open beyond reason; most pages have too few tags for that."""
    if page.count(b"<") <= _FEW_TAGS:
        return False
    try:
        refuse_tangles(_up_to_what_is_left_open(page.lower()).decode("latin-1"))
    except BadInput:
        return True
    return False


def without_tags(page: bytes) -> bytes:
    """Return what a tangled page says, as nothing that a parser would take for an element."""
    return page.replace(b"<", b" ")


def _up_to_what_is_left_open(page: bytes) -> bytes:
    """Return a page up to a comment or script without an end, which has no elements in it."""
    for begin, end in _ENCLOSING:
        left_open = page.find(begin, page.rfind(end) + 1)
        page = page if left_open < 0 else page[:left_open]
    return page
