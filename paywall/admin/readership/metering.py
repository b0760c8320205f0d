"""The meter's two pages: how far allowances are used now, and what other allowances would have done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.ground.days import Days
from paywall.admin.ground.pages import looked_at_again
from paywall.admin.ground.sheets import as_csv, sheet
from paywall.admin.readership import replays
from paywall.admin.readership.asking import Period, read_allowance, read_meter, read_period, usual_period
from paywall.admin.readership.frame import readership_page, today
from paywall.admin.readership.replays import Pair
from paywall.errors import BadInput, NotFound
from paywall.publishers.rules import MeterRules
from paywall.readership.replaying.asking import Answer
from paywall.readership.replaying.rules import MOST as GREATEST
from paywall.web import current


class NotYet(NotFound):
    """That is still being worked out: look again in a minute."""

    code = "not_yet"


@dataclass(slots=True)
class _Asked:
    """What an address line asks about a meter, and what is wrong with it."""

    meter: MeterRules
    wrong: BadInput | None = None
    given: dict[str, str] = field(default_factory=dict)


def show_meter() -> ResponseReturnValue:
    """Show how far allowances are used in the meter's window, as of a while ago."""
    asked = _meter_or_default()
    answer = _of_window(asked.meter)
    pair = replays.pair_of(answer)
    table = replays.histogram(pair) if pair else None
    return _page("meter", asked, answer, window=replays.window_words(asked.meter), table=table)


def export_meter() -> ResponseReturnValue:
    """Send the histogram as CSV."""
    answer = _of_window(read_meter(request.args, current.publisher()))
    return as_csv(f"meter-{today()}", _plain(replays.histogram(_needed(answer))))


def show_what_if() -> ResponseReturnValue:
    """Show what other allowances would have shown; a bad question gets 400, and the usual one is answered."""
    asked = _meter_or_default()
    period, allowances = usual_period(today()), _allowances_of(asked.meter)
    try:
        period = read_period(request.args, today())
        allowances = (
            read_allowance(request.args, "visitors", allowances[0]),
            read_allowance(request.args, "readers", allowances[1]),
        )
    except BadInput as error:
        asked.wrong = asked.wrong or error
    asked.given |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    asked.given |= {"visitors": str(allowances[0]), "readers": str(allowances[1])}
    answer = _of_period(asked.meter, period)
    pair = replays.pair_of(answer)
    table, rows = (replays.curve(pair), _compared(asked.meter, pair, allowances)) if pair else (None, [])
    first_kept = _first_kept(period)
    return _page("what_if", asked, answer, period=period, first_kept=first_kept, table=table, rows=rows)


def export_what_if() -> ResponseReturnValue:
    """Send what each allowance would have shown as CSV."""
    meter, period = read_meter(request.args, current.publisher()), read_period(request.args, today())
    answer = _of_period(meter, period)
    return as_csv(f"what-if-{period.first}-{period.last}", _plain(replays.curve(_needed(answer))))


def _allowances_of(meter: MeterRules) -> tuple[int, int]:
    """Return a meter's allowances for visitors and for readers, as far as they are looked at."""
    return min(meter.visitor_allowance, GREATEST), min(meter.reader_allowance, GREATEST)


def _compared(
    meter: MeterRules, pair: Pair, allowances: tuple[int, int]
) -> list[tuple[str, tuple[int, int, int, int]]]:
    """Return what was, what the meter's own allowances come to, and what was asked."""
    now = _allowances_of(meter)
    return [
        ("As it was", replays.as_it_was(pair)),
        (f"With {now[0]} and {now[1]}, as now", replays.with_allowances(pair, *now)),
        (f"With {allowances[0]} and {allowances[1]}", replays.with_allowances(pair, *allowances)),
    ]


def _page(template: str, asked: _Asked, answer: Answer | None, **more: Any) -> Response:  # noqa: ANN401 - templates take anything
    """Return a page that says how far the work is, and is looked at again while there is nothing else to show."""
    profile, table, made_at = current.publisher(), more["table"], answer.made_at if answer else None
    response = readership_page(
        template,
        asked.wrong,
        {"meter": str(asked.meter.id)} | asked.given,
        meter=asked.meter,
        meters=[(str(one.id), one.name) for one in profile.meters],
        pair=replays.pair_of(answer),
        percent=int(100 * answer.share_done) if answer else 0,
        is_given_up=made_at is not None and table is None,
        columns=[(words, "number") for words in table.header] if table else [],
        as_of=Days(profile.timezone).minute(made_at) if made_at else "",
        **more,
    )
    return response if asked.wrong or table or made_at else looked_at_again(response)


def _meter_or_default() -> _Asked:
    profile = current.publisher()
    try:
        return _Asked(read_meter(request.args, profile))
    except BadInput as error:
        return _Asked(profile.default_meter, error)


def _of_window(meter: MeterRules) -> Answer | None:
    asked = replays.window_question(current.publisher(), meter, clock.now())
    return replays.answered(current.database(), current.session(), asked, replays.OFTEN)


def _of_period(meter: MeterRules, period: Period) -> Answer | None:
    asked = replays.period_question(current.publisher(), meter, period)
    return replays.answered(current.database(), current.session(), asked, replays.SELDOM)


def _needed(answer: Answer | None) -> Pair:
    pair = replays.pair_of(answer)
    if pair is None:
        raise NotYet
    return pair


def _first_kept(period: Period) -> date | None:
    """Return the first day whose views are still kept, where the period begins before it."""
    first = today() - timedelta(days=current.settings().readership_days)
    return first if period.first < first else None


def _plain(table: replays.Table) -> Iterator[bytes]:
    rows = (tuple(cell.replace(",", "") for cell in row) for row in table.rows)
    return sheet(tuple(words.lower() for words in table.header), rows)
