"""Each turn that a subscription can take, as the journey that walks it: `python -m bench.journeys`.

Runs the journeys over HTTP against product and sandbox on both databases, and the account's states in a real browser;
prints each with its test's name and how it ended, and a last line with the count.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = (
    "tests/journeys/test_life_of_a_subscription.py",
    "tests/browser/test_account_states.py",
    "tests/browser/test_turning_the_clock.py",
)
_LINE = re.compile(r"^(?P<test>tests/\S+?::\S.*?) (?P<outcome>PASSED|FAILED|ERROR|SKIPPED)")


def main() -> int:
    """Walk all of them and print the list."""
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:randomly", "--no-header", *PLACES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    outcomes = [match.groupdict() for match in map(_LINE.match, done.stdout.splitlines()) if match]
    for one in outcomes:
        print(f"{one['outcome'].lower():8} {one['test']}")
    passed = sum(one["outcome"] == "PASSED" for one in outcomes)
    print(f"journeys: {passed} of {len(outcomes)} passed")
    return int(done.returncode != 0 or not outcomes)


if __name__ == "__main__":
    sys.exit(main())
