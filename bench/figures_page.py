"""The page of figures: an overview on top, then a part for each; a part can be replaced without touching the others."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paywall import clock

_HEAD = """# Figures

What the product is held to, and what came out. `make figures` runs all of this and writes this page;
`python -m bench.figures NAME` runs one of them again and replaces its part. Seconds depend on the machine; counts must
not.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One figure as the page shows it."""

    title: str
    what: str
    command: str
    asked: str
    output: str
    is_met: bool
    headline: str
    """Stands in the overview beside the verdict."""
    measured: str
    """When, where and how long."""

    def __str__(self) -> str:
        verdict = "met" if self.is_met else "**failed**"
        got = f"{verdict}: {self.headline}" if self.headline else verdict
        return (
            f"## {self.title}\n\n{self.what}\n\n- Command: `{self.command}`\n- Asked: {self.asked}\n- Got: {got}\n"
            f"- Measured: {self.measured}\n\n```\n{self.output.replace('```', '` ` `')}\n```\n"
        )


def machine() -> str:
    """Return today's date and what this machine is."""
    return f"{clock.wall():%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write(page: Path, part: Part, order: Sequence[str]) -> None:
    """Put a part into the page, in place of an older one of the same title; `order` is that of all titles."""
    text = page.read_text() if page.exists() else ""
    parts = {_title(old): old for old in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]}
    parts[part.title] = str(part)
    kept = [parts[title].strip() for title in order if title in parts]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n\n".join([_HEAD.strip(), _overview(kept), *kept]) + "\n")


def _overview(parts: Sequence[str]) -> str:
    rows = [f"| {_title(part)} | {_line(part, 'Asked')} | {_line(part, 'Got')} |" for part in parts]
    return "\n".join(["| | asked | got |", "| --- | --- | --- |", *rows])


def _title(part: str) -> str:
    return part.split("\n", 1)[0].removeprefix("## ").strip()


def _line(part: str, name: str) -> str:
    found = re.search(rf"^- {name}: (.*)$", part, re.MULTILINE)
    return found[1].replace("|", "\\|") if found else ""
