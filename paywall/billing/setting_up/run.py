"""One run over a Stripe account: what is done there is noted, in a dry run without being done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from paywall.billing.stripe_calls.asking import Json
from paywall.billing.stripe_gateway import StripeGateway


@dataclass(slots=True)
class SetupReport:
    """What was changed (or would be, in a dry run), one line each; the secret is told only once, by Stripe too."""

    changes: list[str] = field(default_factory=list)
    webhook_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What each step is given: the way to Stripe, and the report it adds to."""

    gateway: StripeGateway
    is_dry: bool
    report: SetupReport = field(default_factory=SetupReport)

    def find(self, call: Callable[[Any], Any]) -> Json:
        """Return one object; raises StripeNotFound."""
        return self.gateway.ask(call)

    def find_all(self, call: Callable[[Any], Any]) -> Iterator[Json]:
        """Yield the objects of a list."""
        return self.gateway.ask_all(call)

    def change(self, what: str, call: Callable[[Any], Any]) -> Json | None:
        """Do something and say so; None in a dry run."""
        self.report.changes.append(what)
        return None if self.is_dry else self.gateway.ask(call)


def holds(found: Json, wanted: Json) -> bool:
    """Tell whether `found` says all that `wanted` does; lists in any order."""
    return all(_same(found.get(name), value) for name, value in wanted.items())


def _same(found: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and holds(found, wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and sorted(found) == sorted(wanted)
    return found == wanted
