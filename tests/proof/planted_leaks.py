"""Five leaks planted by a stranger: does `paywall audit` find them? `python -m tests.proof.planted_leaks`.

The newspaper of `tests/proof/planted` was written, with its leaks, by someone who had not seen how the audit works, and
was committed before it was ever audited. It is audited by the command line as a publisher would do it, knowing the last
sentence of a locked article: clean, with each leak alone, and with all of them. Ends with status 1 only if the clean
site is accused.

At its first run the audit found four of the five and missed the endless scroll: it read what the article's own page
and scripts fetch, and not what the front page fetches to go on. Since then it asks for that too, on any site
(`further_in`; `tests/wall/audit/test_further_pages.py`). So only the first run tells of an audit that did not know the
site: what is found now was seen by those who mended it. The newspaper is as it was.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from paywall.wall.audit.surfaces import Place, Surface
from tests.proof.planted import ARTICLE_PATH, CANARY, LEAKS, make_site
from tests.wall.audit.paper import serve

AT_FIRST = """\
planted 5, at first run: 4 of 5, missed: endless-scroll
since then the audit also asks for what front pages and lists fetch to go on, on any site; nothing else was changed"""
CLEAN = "none"
ALL = "all five"
_COMMAND = Path(sys.executable).with_name("paywall")
_RATE = "100"


@dataclass(frozen=True)
class Audited:
    """What the audit said of the site with some leaks."""

    name: str
    exit_code: int
    report: dict[str, Any]

    @property
    def findings(self) -> list[str]:
        return [_told(finding) for finding in self.report["findings"]]

    @property
    def is_found(self) -> bool:
        return self.exit_code == 1 and bool(self.findings)

    def __str__(self) -> str:
        found = "yes" if self.is_found else "no"
        first, *more = self.findings or [self.report["summary"]]
        return "\n".join([f"{self.name:18}{found:7}{first}", *(f"{'':25}{told}" for told in more)])


def main() -> int:
    """Print the table; return 1 if the clean site is accused."""
    print(f"{'leak':18}{'found':7}by which finding")  # noqa: T201 - this is what the command is for
    every = []
    for audited in audits():
        print(audited, flush=True)  # noqa: T201
        every.append(audited)
    clean, found = every[0], sum(one.is_found for one in every[1:-1])
    accused = f"{len(clean.findings)} findings, exit code {clean.exit_code}"
    print(f"{AT_FIRST}\nplanted {len(LEAKS)}, found {found}; on the clean site: {accused}")  # noqa: T201
    return int(bool(clean.findings) or clean.exit_code != 0)


def audits() -> Iterator[Audited]:
    """Yield the audits: of the clean site, of each leak alone, of all."""
    yield _audited(CLEAN, frozenset())
    for leak in LEAKS:
        yield _audited(leak, frozenset({leak}))
    yield _audited(ALL, frozenset(LEAKS))


def _audited(name: str, leaks: frozenset[str]) -> Audited:
    with serve(make_site(leaks)) as address, tempfile.TemporaryDirectory(prefix="paywall-planted-") as folder:
        file = Path(folder) / "report.json"
        options = ("--canary", CANARY, "--rate", _RATE, "--json", str(file))
        done = subprocess.run([_COMMAND, "audit", address + ARTICLE_PATH, *options], capture_output=True, check=False)
        return Audited(name, done.returncode, json.loads(file.read_text()))


def _told(finding: dict[str, Any]) -> str:
    surface, place = Surface[finding["surface"].upper()], Place[finding["place"].upper()]
    parts = urlsplit(finding["address"])
    at = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"{surface.title}: {place.title}; {at}, as {finding['as'][0]}"


if __name__ == "__main__":
    sys.exit(main())
