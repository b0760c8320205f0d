"""What a publisher says about where its articles end for those who may not read them."""

import re
from dataclasses import dataclass

MARKER = "paywall"
PREVIEW_WORDS = 100


@dataclass(frozen=True, slots=True)
class CutRules:
    """A page is cut at the comment `<!-- paywall -->`; where there is none, inside what the CSS selector names.

    What is locked by a marker ends with the marker's parent element, or with the selector's where the marker is inside
    it. Of what a selector names, so many words stay (or paragraphs, where those are given), never more than half.
    """

    selector: str = ""
    words: int = PREVIEW_WORDS
    paragraphs: int = 0
    marker: str = MARKER

    def is_marker(self, comment: str) -> bool:
        """Tell whether a comment with this content is the marker."""
        return comment.strip().casefold() == self.marker.casefold()

    @property
    def marker_pattern(self) -> re.Pattern[str]:
        """What the marker looks like in a page's source, and escaped in JSON and XML."""
        return re.compile(
            rf"(?:<|&(?:amp;)*(?:lt|#60|#x3c);|\\u003c)!--\s*{re.escape(self.marker)}\s*--!?"
            r"(?:>|&(?:amp;)*(?:gt|#62|#x3e);|\\u003e)",
            re.IGNORECASE,
        )
