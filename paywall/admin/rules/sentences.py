"""What a meter means, in a sentence."""

from paywall.gate.words.phrases import articles
from paywall.publishers.rules import MeterRules, Profile, WindowKind

_BEGINS = {
    WindowKind.DAY: "Counting begins anew each midnight",
    WindowKind.WEEK: "Counting begins anew each Monday at midnight",
    WindowKind.MONTH: "Counting begins anew on the first of each month at midnight",
}
_EACH = {WindowKind.DAY: "each day", WindowKind.WEEK: "each week", WindowKind.MONTH: "each month"}


def meaning(meter: MeterRules, profile: Profile) -> str:
    """Return what readers meet: allowances, window, and when counting begins anew."""
    return f"{_visitors(meter, profile)} {_readers(meter)} {_anew(meter, profile)}"


def _visitors(meter: MeterRules, profile: Profile) -> str:
    if profile.registration_wall:
        return "Visitors read none of these articles: an account is needed."
    if not meter.visitor_allowance:
        return "Visitors read none of these articles to the end."
    return f"A visitor reads {meter.visitor_allowance} different {articles(meter.visitor_allowance)} {_each(meter)}."


def _readers(meter: MeterRules) -> str:
    if not meter.reader_allowance:
        return "An account alone opens none of them."
    return f"A reader with a free account reads {meter.reader_allowance}."


def _each(meter: MeterRules) -> str:
    if meter.window_kind is not WindowKind.ROLLING:
        return _EACH[meter.window_kind]
    return "in any 24 hours" if meter.rolling_days == 1 else f"in any {meter.rolling_days} days"


def _anew(meter: MeterRules, profile: Profile) -> str:
    if not (meter.visitor_allowance or meter.reader_allowance):
        return "It is a hard wall."
    free = "Reading one again is free."
    if meter.window_kind is WindowKind.ROLLING:
        days = "24 hours" if meter.rolling_days == 1 else f"{meter.rolling_days} days"
        return f"{free} Each one is forgotten {days} after it was opened."
    return f"{free} {_BEGINS[meter.window_kind]} ({profile.timezone})."
