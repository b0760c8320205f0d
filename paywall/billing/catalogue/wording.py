"""What is paid, and when, in plain words: the same on the plans page and in the invitation."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from paywall.billing.catalogue.beginnings import Beginning
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.offers import Duration, Offer, Reduction, reduction
from paywall.billing.catalogue.plans import Price
from paywall.billing.catalogue.putting_on_sale import NewPrice


def every(price: Price | NewPrice) -> str:
    """Return how often a price is paid: `a month`, `every 3 months`."""
    return how_often(price.interval, price.interval_count)


def how_often(interval: str, interval_count: int) -> str:
    """Return the same for a period as Stripe spells it."""
    return f"a {interval}" if interval_count == 1 else f"every {interval_count} {interval}s"


def adverb(price: Price) -> str:
    """Return the same for a button: `by the month`, `every 3 months`."""
    return f"by the {price.interval}" if price.interval_count == 1 else every(price)


def plain(price: Price, language: str) -> str:
    """Return amount and interval: `€4.99 a month`."""
    return paid(price.money, price.interval, price.interval_count, language)


def paid(money: Money, interval: str, interval_count: int, language: str) -> str:
    """Return the same for what somebody pays, whatever the price is by now."""
    return f"{money.format(language)} {how_often(interval, interval_count)}"


def begins(price: Price, beginning: Beginning, language: str) -> str:
    """Return what is paid first and what then: `14 days free, then €4.99 a month`; empty at the plain price."""
    if beginning.trial_days:
        return f"{stretch(beginning.trial_days, 'day')} free, then {plain(price, language)}"
    reduced = reduction(beginning.offer, price) if beginning.offer else None
    return _reduced(reduced, price, language) if reduced else ""


def trial_promise(beginning: Beginning, now: datetime, timezone: str, language: str) -> str:
    """Return until when a trial can be left for nothing, counted from a payment page filled in now; else empty."""
    if not beginning.trial_days:
        return ""
    end = (now + timedelta(days=beginning.trial_days)).astimezone(ZoneInfo(timezone))
    return f"Cancel any time before {format_date(end, 'd MMMM', locale=language)} and pay nothing."


def _reduced(reduced: Reduction, price: Price, language: str) -> str:
    lower, full = reduced.money.format(language), price.money.format(language)
    if reduced.length is None:
        return f"{lower} {every(price)} for as long as you subscribe, instead of {full}"
    how_long = stretch(reduced.length, reduced.unit)
    if reduced.is_first_only:
        how_long = f"the first {how_long.removeprefix('1 ')}"
    elif reduced.money.minor:
        lower = f"{lower} {every(price)}"
    return f"{lower if reduced.money.minor else 'Nothing'} for {how_long}, then {plain(price, language)}"


def stretch(count: int, unit: str) -> str:
    """Return a length of time: `1 month`, `14 days`."""
    return f"1 {unit}" if count == 1 else f"{count} {unit}s"


def described(offer: Offer, language: str) -> str:
    """Return an offer for whoever sets it up: `50% off for 3 months`."""
    off = offer.amount_off.format(language) if offer.amount_off else f"{offer.percent_off}%"
    if offer.months is not None:
        return f"{off} off for {stretch(offer.months, 'month')}"
    return f"{off} off {'for good' if offer.duration == Duration.FOREVER else 'the first payment'}"


def standing_word(offer: Offer, now: datetime) -> str:
    """Return in a word whether somebody gets an offer."""
    if offer.is_running(now):
        return "running"
    return "ended" if offer.has_ended(now) else "to come"


def tax_words(price: Price) -> str:
    """Return what is said of tax beside a price: the publisher's own words, else the rate that it includes."""
    if price.tax_note:
        return price.tax_note
    basis_points = price.plan.tax_basis_points
    return f"including {percent(basis_points)}% tax" if basis_points else "tax included"


def percent(basis_points: int) -> str:
    """Return basis points as a percentage: 1800 is `18`, 750 is `7.5`."""
    return f"{(Decimal(basis_points) / 100).normalize():f}"
