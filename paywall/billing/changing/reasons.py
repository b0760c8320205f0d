"""How and why somebody cancels: Stripe's words for it as sentences, what may come with a form; nothing is demanded."""

from dataclasses import dataclass
from enum import StrEnum

from paywall.errors import BadInput

LONGEST_COMMENT = 500
"""Characters, well within what Stripe keeps."""


class Via(StrEnum):
    """How a cancellation came to us."""

    ACCOUNT = "account"
    LINK = "link"
    STAFF = "staff"


class Feedback(StrEnum):
    """A reason to cancel; spelled as Stripe spells it in `cancellation_details.feedback`."""

    TOO_EXPENSIVE = "too_expensive"
    UNUSED = "unused"
    MISSING_FEATURES = "missing_features"
    LOW_QUALITY = "low_quality"
    SWITCHED_SERVICE = "switched_service"
    CUSTOMER_SERVICE = "customer_service"
    TOO_COMPLEX = "too_complex"
    OTHER = "other"


SENTENCES: dict[Feedback, str] = {
    Feedback.TOO_EXPENSIVE: "It costs too much.",
    Feedback.UNUSED: "I read it too little.",
    Feedback.MISSING_FEATURES: "It lacks what I look for.",
    Feedback.LOW_QUALITY: "I expected better journalism.",
    Feedback.SWITCHED_SERVICE: "I read another newspaper now.",
    Feedback.CUSTOMER_SERVICE: "I needed help and got none.",
    Feedback.TOO_COMPLEX: "It is too hard to use.",
    Feedback.OTHER: "Another reason.",
}


@dataclass(frozen=True, slots=True)
class Farewell:
    """What somebody who cancels has told us, if anything."""

    reason: Feedback | None = None
    comment: str | None = None

    @property
    def details(self) -> dict[str, str]:
        """The same as Stripe takes it: `cancellation_details`."""
        told = {"feedback": self.reason and str(self.reason), "comment": self.comment}
        return {name: said for name, said in told.items() if said}


def read_farewell(reason: str, comment: str) -> Farewell:
    """Return what a form says; raises BadInput naming `reason` or `comment`."""
    if reason and reason not in tuple(Feedback):
        raise BadInput("reason", "Choose one of the reasons, or none.")
    if len(comment) > LONGEST_COMMENT:
        raise BadInput("comment", f"Keep it to {LONGEST_COMMENT} characters.")
    return Farewell(Feedback(reason) if reason else None, comment.strip() or None)
