"""What an import did, article by article."""

from dataclasses import dataclass, field

from paywall.articles.item import Refusal
from paywall.articles.storing import Outcome


@dataclass(slots=True)
class Report:
    """How many articles were added, changed and unchanged; what was refused, and what is worth knowing."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    """The same article again, word for word, further on in the same import."""
    skipped: int = 0
    """Files that are no articles: images, style sheets, JSON that is no feed."""
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many articles are now in the catalogue as the source has them."""
        return self.added + self.changed + self.unchanged

    def count(self, outcome: Outcome) -> None:
        """Count one article that was stored or left alone."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def refuse(self, where: str, reason: str) -> None:
        """Note that something was not imported, and why."""
        self.refused.append(Refusal(where, reason))
