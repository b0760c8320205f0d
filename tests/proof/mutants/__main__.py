"""Run the suite against each mutant: `python -m tests.proof.mutants [--mutant A …]`.

A mutant must pass the happy-path tests, so that it is a receiver at all, and is caught if a test of the suite then
fails; three failures are enough. Without a mutant the same suite must pass. Everything on SQLite.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.proof.mutants.catalogue import HAPPY, MUTANTS, SUITE

ROOT = Path(__file__).resolve().parents[3]
ENOUGH_FAILURES = 3
_SECONDS = 1800
_ALL_PASSED, _SOME_FAILED = 0, 1
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/.*?)(?: - .*)?$", re.MULTILINE)
_PASSED = re.compile(r"(\d+) passed")


@dataclass(frozen=True)
class Run:
    """What pytest said."""

    code: int
    passed: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant, or of the product itself."""

    letter: str
    design: str
    happy: Run
    suite: Run

    @property
    def is_plausible(self) -> bool:
        return self.happy.code == _ALL_PASSED

    @property
    def is_caught(self) -> bool:
        return self.is_plausible and self.suite.code == _SOME_FAILED and bool(self.suite.failed)

    def __str__(self) -> str:
        happy = f"{self.happy.passed} of {self.happy.passed + len(self.happy.failed)}"
        line = f"{self.letter:2} {self.design:70} {happy:11} {'yes' if self.is_caught else 'NO'}"
        return "\n".join([line, *(f"      {test}" for test in self.suite.failed[:ENOUGH_FAILURES])])


def main() -> int:
    """Print the table; the exit code is 0 only if all are caught and the product itself passes."""
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("--mutant", choices=list(MUTANTS), action="append")
    letters = words.parse_args().mutant or list(MUTANTS)
    _print(f"{'':2} {'design':70} {'happy path':11} caught, by")
    verdicts = [_judge(letter) for letter in track(letters, "mutants", console=Console(stderr=True))]
    product = run(SUITE)
    _print(f"without a mutant: {product.passed} passed, {len(product.failed)} failed")
    caught = sum(verdict.is_caught for verdict in verdicts)
    _print(f"mutants caught: {caught} of {len(verdicts)}")
    return int(caught < len(verdicts) or product.code != _ALL_PASSED)


def _judge(letter: str) -> Verdict:
    happy, suite = run(HAPPY, letter), run(SUITE, letter)
    verdict = Verdict(letter, MUTANTS[letter].design, happy, suite)
    _print(str(verdict))
    return verdict


def run(tests: Sequence[str], letter: str | None = None) -> Run:
    """Run tests in a process of their own, against a mutant if one is named."""
    mutant = [f"--mutant={letter}"] if letter else []
    how = ("-q", "--tb=no", "-rfE", "-m", "not postgres", f"--maxfail={ENOUGH_FAILURES}")
    command = [sys.executable, "-m", "pytest", "-p", "tests.proof.mutants.plugin", *mutant, *how, *tests]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False)
    passed = _PASSED.search(ended.stdout)
    return Run(ended.returncode, int(passed[1]) if passed else 0, tuple(_FAILED.findall(ended.stdout)))


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is what the command is for


if __name__ == "__main__":
    sys.exit(main())
