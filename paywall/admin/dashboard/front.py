"""The cards at the top of the dashboard: the period in a handful of figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from paywall.admin.dashboard.cells import money, number, percent
from paywall.admin.dashboard.panels import Told
from paywall.business.asking.coming import DueDay
from paywall.business.asking.figures import total
from paywall.business.reckoning.values import ARRIVALS, DEPARTURES, Kind


@dataclass(frozen=True, slots=True)
class Card:
    """A figure, what it is, and a line below; `panel` names the panel that says more."""

    figure: str
    words: str
    below: str
    panel: str


def cards(told: Told, coming: Sequence[DueDay]) -> list[Card]:
    """Return the cards of a period."""
    opening, closing, whole = told.parts[0].opening, told.parts[-1].closing, total(told.parts)
    counts, amounts = whole.counts, whole.amounts
    came, left = sum(counts[kind] for kind in ARRIVALS), sum(counts[kind] for kind in DEPARTURES)
    ended = counts[Kind.TRIAL_WON] + counts[Kind.TRIAL_OVER]
    change = told.money(closing.mrr_minor - opening.mrr_minor).words
    due_minor, due = sum(one.amount_minor for one in coming), sum(one.count for one in coming)
    mended = percent(counts[Kind.RECOVERED], counts[Kind.FAILED]).words
    failed = told.money(amounts[Kind.FAILED]).words
    return [
        Card(told.money(closing.mrr_minor).words, "MRR", f"{change} in this period", "movements"),
        Card(number(closing.subscribers).words, "paying subscribers", f"{came:,} came, {left:,} left", "subscribers"),
        Card(percent(counts[Kind.TRIAL_WON], ended).words, "of trials converted", f"of {ended:,} that ended", "trials"),
        Card(told.money(closing.late_minor).words, "MRR at risk", f"{_renewals(closing.late)} late", "late"),
        Card(number(counts[Kind.FAILED]).words, "payments failed", f"{failed}; {mended} made up for", "failed"),
        Card(money(due_minor, told.currency).words, "due in 30 days", _renewals(due), "due"),
    ]


def _renewals(count: int) -> str:
    return f"{count:,} renewal" if count == 1 else f"{count:,} renewals"
