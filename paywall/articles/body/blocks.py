"""The plain shape of an article: a row of paragraphs, headings, lists, quotations, tables and figures.

Pages and feeds put text into `<div>`s, break paragraphs by `<br><br>`, or wrap half an article in one `<b>`. Here all
of that becomes paragraphs, so that a preview can be cut between them. Works on sanitised HTML only.
"""

from dataclasses import dataclass

from paywall.articles.body.markup import INLINE, Kind, Piece, pieces
from paywall.articles.body.runs import DEEPEST, Run
from paywall.errors import BadInput

_PARAGRAPHS = {"p": "p", "pre": "pre", "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_OUTER = frozenset({"blockquote", "ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "figure"})
_CELLS = {
    "li": ("ul", "ol"),
    "dt": ("dl",),
    "dd": ("dl",),
    "td": ("tr",),
    "th": ("tr",),
    "caption": ("table",),
    "figcaption": ("figure",),
}
_KEPT_EMPTY = frozenset({"td", "th", "tr", "thead", "tbody", "tfoot"})
_TEXT_IN = {"ul": "li", "ol": "li", "dl": "dd"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """An open element: what is kept of it (or nothing), and what its text is to be wrapped in."""

    kept: str
    wrapper: str | None


def into_blocks(html: str) -> str:
    """Return sanitised HTML as a row of blocks; raises BadInput where it is nested too deeply."""
    shaping = _Shaping()
    for piece in pieces(html):
        shaping.take(piece)
    shaping.end_run()
    return "".join(shaping.out)


class _Shaping:
    def __init__(self) -> None:
        self.out: list[str] = []
        self._run = Run()
        self._frames: list[_Frame] = []
        self._inside: list[str] = [""]  # the kept elements that are open
        self._after_run = -1  # the length of `out` just after the last run in a cell

    def take(self, piece: Piece) -> None:
        if piece.kind is Kind.TEXT:
            self._run.add_text(piece.raw, verbatim=self._wrapper() == "pre")
        elif piece.kind is Kind.VOID:
            self._void(piece)
        elif piece.name in INLINE:
            self._run.open(piece) if piece.kind is Kind.OPEN else self._run.close()
        elif piece.kind is Kind.OPEN:
            self._open(piece)
        else:
            self._close(piece.name)

    def end_run(self) -> None:
        """Write what has been gathered as a paragraph, if there is anything."""
        wrapper = self._wrapper()
        html = self._run.take(verbatim=wrapper == "pre")
        if not html:
            return
        if self._in_cell():
            self.out.append(f"<br>{html}" if len(self.out) == self._after_run else html)
            self._after_run = len(self.out)
        else:
            self.out.append(f"<{wrapper}>{html}</{wrapper}>")

    def _void(self, piece: Piece) -> None:
        if piece.name == "img":
            self._run.add_image(piece.raw)
        elif piece.name == "hr":
            self.end_run()
            if self._inside[-1] in {"", "blockquote"}:
                self.out.append("<hr>")
        elif self._wrapper() == "pre":
            self._run.add_text("\n", verbatim=True)
        elif not self._run.add_break():
            self.end_run()

    def _open(self, piece: Piece) -> None:
        self.end_run()
        if len(self._frames) >= DEEPEST:
            raise BadInput("body", f"its elements are nested more than {DEEPEST} deep")
        kept = self._is_kept(piece.name)
        inherited = self._frames[-1].wrapper if self._frames and not kept else None
        self._frames.append(_Frame(piece.name if kept else "", _PARAGRAPHS.get(piece.name, inherited)))
        if kept:
            self._inside.append(piece.name)
            self.out.append(piece.raw)

    def _is_kept(self, name: str) -> bool:
        if name == "figure":
            return "figure" not in self._inside
        return name in _OUTER or self._inside[-1] in _CELLS.get(name, ())

    def _close(self, name: str) -> None:
        self.end_run()
        if not self._frames or not self._frames.pop().kept:
            return
        self._inside.pop()
        if self.out[-1].startswith(f"<{name}") and name not in _KEPT_EMPTY:
            self.out.pop()
        else:
            self.out.append(f"</{name}>")

    def _in_cell(self) -> bool:
        return self._inside[-1] in _CELLS or self._inside[-1] == "figure"

    def _wrapper(self) -> str:
        """Return the element that a run becomes at this place."""
        if self._in_cell():
            return ""
        own = self._frames[-1].wrapper if self._frames else None
        return _TEXT_IN.get(self._inside[-1]) or own or "p"
