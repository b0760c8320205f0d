"""What the account's first line is made of: a sentence, a next step, and all that a sentence may speak of."""

from dataclasses import dataclass
from datetime import datetime

from paywall.account.situation import Facts, Situation
from paywall.account.tongue import Tongue, adverb
from paywall.billing.changing.asking import held
from paywall.billing.changing.rules import Rate
from paywall.billing.subscriptions.pricing import next_payment
from paywall.billing.subscriptions.tables import Subscription


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: a link, or a button where it is a deed."""

    label: str
    path: str
    is_deed: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """How a reader stands, in a sentence; what to do next."""

    situation: Situation
    sentence: str
    step: Step


@dataclass(frozen=True, slots=True)
class Telling:
    """What sentences are made of; `next_rate` is the price that a scheduled change leads to, if it is known."""

    facts: Facts
    tongue: Tongue
    now: datetime
    next_rate: Rate | None = None

    @property
    def row(self) -> Subscription:
        """The subscription; only for situations that have one."""
        assert self.facts.subscription is not None  # noqa: S101 - the situation says so
        return self.facts.subscription

    def day(self, at: datetime | None) -> str:
        """Return a date; empty for none."""
        return self.tongue.day(at, self.now) if at else ""

    def money(self, minor: int) -> str:
        """Return an amount in the subscription's currency."""
        return self.tongue.money(minor, self.row.currency)

    @property
    def of_what_waits(self) -> str:
        """The amount of the oldest open invoice: ` of 4.99 €`; empty where none is open."""
        waiting = self.facts.open_invoice
        return f" of {self.money(waiting.total_minor)}" if waiting else ""

    @property
    def often(self) -> str:
        """How often is paid: `monthly`."""
        return adverb(held(self.row).rate)

    @property
    def reads_until(self) -> str:
        """Until when the subscription lets the reader in; empty if it doesn't."""
        return self.day(self.facts.held.valid_until) if self.facts.held and self.facts.reads_by_it(self.now) else ""

    @property
    def paid_until(self) -> str:
        """Until when is paid; empty where that is over."""
        at = self.row.paid_through_at
        return self.day(at) if at and at > self.now else ""

    @property
    def next_payment(self) -> str:
        """The next payment and its day: `4.99 € on 24 December`."""
        amount, at = next_payment(self.row).format(self.tongue.locale), self.row.period_end_at
        return f"{amount} on {self.day(at)}" if at else amount
