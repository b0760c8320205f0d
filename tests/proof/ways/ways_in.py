"""Every way in, asked by all who may not read: `python -m tests.proof.ways.ways_in` prints the table.

The canary is the last sentence of each locked text. None of those who ask runs a script; the script tag is looked at
in a real browser by `bench.embed`, whose figures make the last row. Whoever was refunded comes last, with every cookie
and pass of before, when passes have ended that can't be taken back where they are verified offline.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import figures
from tests.proof.ways.asking import Row, ask_all, control
from tests.proof.ways.newspaper import Newspaper, newspaper
from tests.proof.ways.people import gather
from tests.proof.ways.ways import WAYS, Way, served

PASS_SECONDS = 305
"""When the last pass has ended that a refunded reader can hold."""
_HEARD_SECONDS = 5
_EMBED = re.compile(r"canary on (\d+) of ([\d,]+) surfaces; a subscriber's pages show it in (\d+) of (\d+)")


def look(paper: Newspaper, ways: Sequence[Way] = WAYS, *, every: int = 1, waits: bool = True) -> list[Row]:
    """Ask each of these ways, which are served, for every n-th thing there is.

    The refunded are asked for when their passes have ended; without `waits` they come at once and leave passes out.
    """
    crowd = gather(paper, list(ways))
    refunded_at, rows = time.monotonic(), []
    for way in ways:
        _say(way.title)
        people = crowd.people(way, passes_kept=waits)[:-1]
        rows.append(control(paper, way, crowd, ask_all(paper, way, people, every)))
    _wait_until(refunded_at + (PASS_SECONDS if waits else _HEARD_SECONDS))
    for way, row in zip(ways, rows, strict=True):
        late = ask_all(paper, way, crowd.people(way, passes_kept=waits)[-1:], every)
        row.surfaces, row.leaks = row.surfaces + late.surfaces, row.leaks + late.leaks
    return rows


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def by_script() -> Row:
    """Return the row of the script tag, as a real browser sees it."""
    code, said = figures.run(("-m", "bench.embed"))
    found, lines = _EMBED.search(said), re.search(r"a publisher writes: (\d+)", said)
    assert found, said
    assert lines, said
    seen, opened, pages = (int(number.replace(",", "")) for number in found.groups()[1:])
    row = Row("script tag, in Chromium", f"{lines[1]} tags", seen, opened, pages)
    row.leaks = [line for line in said.splitlines() if code and " at " in line]
    return row


def table(rows: Sequence[Row]) -> str:
    """Return what is printed."""
    head = f"{'way in':33}{'lines to write':>16}{'canary on':>18}{'control':>16}"
    seen, leaks = sum(row.surfaces for row in rows), [leak for row in rows for leak in row.leaks]
    total = f"{len(rows)} ways in: canary on {len(leaks)} of {seen:,} surfaces"
    opened = f"entitled reader {sum(row.opened for row in rows)} of {sum(row.pages for row in rows)} pages"
    return "\n".join([head, *map(str, rows), *leaks[:20], f"{total}; {opened}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 unless all is as it must be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--every", type=int, default=1, help="ask only for every n-th thing")
    parser.add_argument("--no-wait", action="store_true", help="take refunded readers' passes away instead of waiting")
    parser.add_argument("--no-script", action="store_true", help="leave the script tag out")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="paywall-ways-") as folder,
        newspaper(Path(folder), [way.name for way in WAYS]) as paper,
        served(paper, WAYS),
    ):
        rows = look(paper, every=chosen.every, waits=not chosen.no_wait)
    rows += [] if chosen.no_script else [by_script()]
    print(table(rows))  # noqa: T201 - the figure
    return int(not all(row.is_good for row in rows))


def _say(step: str) -> None:
    sys.stderr.write(f"{step}\n")


if __name__ == "__main__":
    sys.exit(main())
