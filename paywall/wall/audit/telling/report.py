"""The report: an outcome with its exit code, what was found, and how sure that is."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from paywall.wall.audit.looking.locked import Locked, Source
from paywall.wall.audit.telling.findings import Finding

_SURE = {
    Source.CANARY: "certain",
    Source.COOKIE: "certain",
    Source.METER: "certain",
    Source.ADMITTED: "likely",
}


class Outcome(IntEnum):
    """How it ended; the value is the command's exit code."""

    CLEAN = 0
    LEAK = 1
    UNJUDGED = 2


@dataclass(frozen=True)
class Report:
    """All that an audit says. `why` is the reason where nothing could be judged."""

    url: str
    outcome: Outcome
    why: str = ""
    locked: Locked | None = None
    control: bool | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    requests: int = 0
    addresses: int = 0
    people: int = 0
    is_cut_short: bool = False

    @property
    def leaked(self) -> int:
        """How many of the locked sentences were found anywhere."""
        return len(frozenset().union(*(finding.sentences for finding in self.findings)))

    @property
    def sureness(self) -> str:
        """`certain`, `likely`, or `unknown` where there was nothing to look for."""
        return _SURE[self.locked.source] if self.locked else "unknown"

    @property
    def looked_for(self) -> str:
        """What was looked for, and how sure that makes the report."""
        if self.locked is None:
            return (
                "Neither a canary nor an entitled reader's cookie was given, and the site sends no text beyond its "
                "preview. Without the text no more can be told: give --cookie or --canary to be certain."
            )
        told = f"Looked for {self.locked.source.value}: {_counted(len(self.locked), 'sentence')}."
        if not self.locked.source.is_certain:
            return f"{told} That it is locked is likely, not certain: give --cookie or --canary to be certain."
        if self.control:
            return f"{told} The entitled reader's page shows it."
        if self.locked.source is Source.CANARY and self.control is None:
            return f"{told} Without --cookie it was not tried whether the entitled reader's page shows it."
        return told

    @property
    def summary(self) -> str:
        """The outcome in one sentence."""
        asked = f"{self.requests} requests, {self.addresses} addresses, {self.people} kinds of people"
        if self.outcome is Outcome.UNJUDGED:
            return f"Not judged: {self.why}"
        if self.outcome is Outcome.CLEAN and self.locked is None:
            return f"Clean as far as can be told without the text: nothing beyond the preview was found ({asked})."
        if self.outcome is Outcome.CLEAN:
            return f"Clean: the locked text was found nowhere ({asked})."
        sentences = (
            f"{self.leaked} of {_counted(len(self.locked), 'locked sentence')} " if self.locked and self.leaked else ""
        )
        return f"Leaks: {sentences}in {_counted(len(self.findings), 'place')} ({asked})."

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs. The cookie is not in it."""
        return {
            "url": self.url,
            "outcome": self.outcome.name.lower(),
            "exitCode": int(self.outcome),
            "summary": self.summary,
            "sureness": self.sureness,
            "lookedFor": self.looked_for,
            "sentences": len(self.locked) if self.locked else 0,
            "sentencesLeaked": self.leaked,
            "entitledReaderSeesIt": self.control,
            "requests": self.requests,
            "isCutShort": self.is_cut_short,
            "findings": [_finding_as_json(finding) for finding in self.findings],
            "notes": list(self.notes),
        }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    return {
        "surface": finding.surface.name.lower(),
        "place": finding.place.name.lower(),
        "address": finding.address,
        "status": finding.status,
        "alsoAt": finding.addresses[1:],
        "as": finding.people,
        "sentences": len(finding.sentences),
        "excerpt": finding.excerpt,
        "detail": finding.detail,
        "mend": finding.mend,
    }


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
