"""The filters as a form, and as chips that say what is filtered and lead to the list without it."""

from collections.abc import Mapping
from dataclasses import dataclass

from paywall.admin.subscribers.asking.question import NOBODY, Sign
from paywall.admin.subscribers.asking.reading import FILTERS, Choices, query_of
from paywall.admin.subscribers.asking.sorts import Sort
from paywall.billing.subscriptions.status import Status
from paywall.entitlements.rules import Source

LABELS = {
    "q": "Search",
    "status": "Status",
    "plan": "Plan",
    "currency": "Currency",
    "from": "Joined from",
    "to": "Joined until",
    "ends_from": "Access ends from",
    "ends_to": "Access ends until",
    "source": "Let in by",
    "sign": "Look out for",
    "sort": "Sort by",
}
_WORDS = {
    **{status.value: status.value.replace("_", " ") for status in Status},
    Source.SUBSCRIPTION.value: "a subscription",
    Source.COMP.value: "a comp",
    Source.IMPORT.value: "an import",
    NOBODY: "nothing",
    Sign.IN_GRACE.value: "in grace",
    Sign.PAYS_TWICE.value: "paying twice",
    Sign.SHARES.value: "sharing suspected",
    Sort.NEWEST.value: "newest first",
    Sort.OLDEST.value: "oldest first",
    Sort.ADDRESS.value: "address, a to z",
    Sort.ADDRESS_BACKWARDS.value: "address, z to a",
    Sort.ENDS_FIRST.value: "whose access ends next",
    Sort.ENDS_LAST.value: "whose access ends last",
}


@dataclass(frozen=True, slots=True)
class Select:
    """A field to choose from: pairs of value and words; the empty value is everything."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on; `without` is the query string of the list without it."""

    words: str
    without: str


def selects(filters: Mapping[str, str], choices: Choices) -> list[Select]:
    """Return the fields to choose from and what is chosen; an unknown value is there, too: nothing typed is lost."""
    known = {
        "status": tuple(status.value for status in Status),
        "plan": tuple(choices.plans),
        "currency": choices.currencies,
        "source": (*(source.value for source in Source), NOBODY),
        "sign": tuple(sign.value for sign in Sign),
        "sort": tuple(sort.value for sort in Sort),
    }
    return [_select(name, values, filters.get(name, ""), choices) for name, values in known.items()]


def chips(filters: Mapping[str, str], choices: Choices) -> list[Chip]:
    """Return what is filtered, in the order of the form."""
    on = [name for name in FILTERS if filters.get(name)]
    return [Chip(f"{LABELS[name]}: {_words(name, filters[name], choices)}", _without(filters, name)) for name in on]


def _select(name: str, values: tuple[str, ...], chosen: str, choices: Choices) -> Select:
    unknown = () if not chosen or chosen in values else (chosen,)
    options = tuple((value, _words(name, value, choices)) for value in (*values, *unknown))
    return Select(name, LABELS[name], chosen, options if name == "sort" else (("", "any"), *options))


def _words(name: str, value: str, choices: Choices) -> str:
    return choices.plan_names.get(value, value) if name == "plan" else _WORDS.get(value, value)


def _without(filters: Mapping[str, str], name: str) -> str:
    return query_of({one: value for one, value in filters.items() if one != name})
