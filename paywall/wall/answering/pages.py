"""The pages of a foreign site: looked into once, cut once, and remembered by their bytes alone.

So nothing of one reader can be sent to another: a page is the same only where every byte of it is.
"""

from structlog import get_logger

from paywall.gate.decision import Reason, Verdict
from paywall.wall.answering.found import Found, find_article
from paywall.wall.answering.inviting import Inviting
from paywall.wall.answering.memory import Cut, Looked, Memory
from paywall.wall.answering.source import Source
from paywall.wall.cutting.page import cut_page, with_wall_told
from paywall.wall.cutting.rules import CutRules

log = get_logger()
_SHUT = (
    b'<!doctype html><html lang=""><head><meta charset="utf-8"><title>For subscribers</title></head><body>',
    b"</body></html>",
)


class Pages:
    """Looks into pages, and cuts them. Safe to share between threads."""

    def __init__(self, rules: CutRules, inviting: Inviting) -> None:
        self.rules, self._inviting = rules, inviting
        self._looked: Memory[bytes, Looked] = Memory()

    def forget_all(self) -> None:
        """Remember nothing."""
        self._looked.forget_all()

    def look(self, source: Source) -> Looked:
        """Return what is in a page; raises Unreadable."""
        looked = self._looked.get(source.key)
        if looked is None:
            found = find_article(source, self.rules)
            looked = Looked(found.name, found.is_marked) if found else Looked(None)
            self._looked.keep(source.key, looked)
        return looked

    def shown(self, source: Source, verdict: Verdict) -> bytes | None:
        """Return the page for a verdict; None where it is sent as it is."""
        decision = verdict.decision
        if not decision.is_full:
            cut = self._cut(source)
            before, after = (cut.before, cut.after) if cut.is_clean else _SHUT
            return before + self._inviting(verdict).encode("utf-8", "replace") + after
        found = find_article(source, self.rules) if decision.reason is Reason.VERIFIED_CRAWLER else None
        return with_wall_told(found.tree, self.rules, found.source).encode("utf-8", "replace") if found else None

    def _cut(self, source: Source) -> Cut:
        looked = self.look(source)
        if looked.cut is None:
            found = find_article(source, self.rules)
            looked = looked._replace(cut=_clean_cut(found, self.rules) if found else Cut(is_clean=False))
            self._looked.keep(source.key, looked)
        return looked.cut or Cut(is_clean=False)


def _clean_cut(found: Found, rules: CutRules) -> Cut:
    """Cut the page; whatever goes wrong, no page is sent then but the invitation."""
    if not found.marks.is_there:
        log.error("a page has no place to be cut at, only its invitation is sent", article=found.name)
        return Cut(is_clean=False)
    try:
        cut = cut_page(found.tree, found.marks, rules, found.source)
    except Exception:
        log.exception("a page could not be cut clean, only its invitation is sent", article=found.name)
        return Cut(is_clean=False)
    return Cut(cut.before.encode("utf-8", "replace"), cut.after.encode("utf-8", "replace"))
