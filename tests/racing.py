"""Several who do the same at the very same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from paywall.errors import PaywallError


def at_once(deed: Callable[[int], object], times: int = 6) -> list[str]:
    """Do something so many times at once, each with its number; returns how each ended: `done`, or the situation."""
    start = Barrier(times)

    def do(number: int) -> str:
        start.wait()
        try:
            deed(number)
        except PaywallError as situation:
            return situation.code
        return "done"

    with ThreadPoolExecutor(times) as crowd:
        return sorted(crowd.map(do, range(times)))
