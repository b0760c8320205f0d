"""Figures as a table: what was measured, its ratio to the bare article of the same setting, and what is asked."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from bench.load import CONNECTIONS, Shot

ONE = "1 worker on one core, load from the other"
TWO = "2 workers, load from the same 2 cores"
_FOLDER = Path(__file__).resolve().parent.parent / "docs" / "figures"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    setting: str
    shot: Shot
    asked: float | None
    asked_cpu: float | None


def table(rows: list[Row], bare: str) -> str:
    """Return the table in Markdown, one section for each setting."""
    lines: list[str] = []
    for setting in dict.fromkeys(row.setting for row in rows):
        mine = [row for row in rows if row.setting == setting]
        base = next(row.shot for row in mine if row.name == bare)
        lines += [f"\n### {setting[0].upper()}{setting[1:]}\n", *_HEAD, *(_line(row, base) for row in mine)]
    return "\n".join(lines).strip() + "\n"


_HEAD = (
    "| who asks | requests/s | ÷ bare | asked | CPU µs/request | bare CPU ÷ this | asked |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
)


def _line(row: Row, base: Shot) -> str:
    speed, cpu = row.shot.per_second / base.per_second, base.cpu_microseconds / row.shot.cpu_microseconds
    cells = (
        row.name,
        f"{row.shot.per_second:,.0f}",
        f"{speed:.2f}",
        _asked(row.asked, speed),
        f"{row.shot.cpu_microseconds:.1f}",
        f"{cpu:.2f}",
        _asked(row.asked_cpu, cpu),
    )
    return f"| {' | '.join(cells)} |"


def _asked(least: float | None, reached: float) -> str:
    if least is None:
        return ""
    return f"≥ {least:g}" if reached >= least else f"≥ {least:g}, **missed**"


def write(name: str, text: str, how: str) -> None:
    """Write the figures where the documentation keeps them."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    _FOLDER.joinpath(name).write_text(
        f"# Gated articles\n\nMeasured by `python -m bench.articles`: {how}, {CONNECTIONS} connections, "
        f"1,000 articles, 10,000 distinct cookies, on {os.cpu_count()} cores with Python {platform.python_version()}. "
        f"Requests a second depend on the machine; ratios are what counts.\n\n{text}"
    )
