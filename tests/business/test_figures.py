"""The figures equal what somebody finds who knows only their definitions, on any books and for any period."""

from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.business.asking.cohorts import cohorts_of
from paywall.business.asking.coming import renewals_due
from paywall.business.asking.figures import Desk, Part, desk_of, parts_of
from paywall.business.asking.periods import By, Period, Span, read_period
from paywall.business.keeping.catching_up import catch_up, catch_up_all
from paywall.business.keeping.making import make_figures
from paywall.business.keeping.tables import FigureDay, FigureEntry, FigureMark
from paywall.business.reckoning.values import MOVEMENTS, Kind
from tests.business.conftest import Paper
from tests.business.ledgers import CURRENCIES, NOW, SYNCED, Ledger, ledgers, rewrite, write
from tests.business.naive import Naive

ZONE = ZoneInfo("Europe/Berlin")
TODAY = NOW.astimezone(ZONE).date()
JUST = timedelta(microseconds=1)
some = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
days = st.dates(date(2025, 9, 1), TODAY)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    by, ends = draw(st.sampled_from(By)), sorted((draw(days), draw(st.one_of(days, st.just(TODAY)))))
    first = max(ends[0], ends[1] - timedelta(days=100)) if by is By.DAY else ends[0]
    return read_period(first, ends[1], by, TODAY)


def _desk(paper: Paper) -> Desk:
    with paper.database.reading() as session:
        desk = desk_of(session, paper.profile.id, NOW)
    assert desk is not None
    return desk


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _holds(span: Span, at: datetime) -> bool:
    return _midnight(span.begins) <= at < _midnight(span.ends) and at <= NOW


def _ends(span: Span) -> datetime:
    return min(_midnight(span.ends) - JUST, NOW)


def _agree(parts: list[Part], naive: Naive, currency: str) -> None:
    movements, trials, failures = naive.movements(currency), naive.trials(currency), naive.failures(currency)
    for part in parts:
        moved = [(kind, change) for kind, at, change, _ in movements if _holds(part.span, at)]
        assert _moved(part) == _summed(moved)
        opening, closing = part.opening, part.closing
        before = naive.standing(currency, _midnight(part.span.begins) - JUST)
        assert (opening.mrr_minor, opening.subscribers, opening.late_minor, opening.late) == before
        after = naive.standing(currency, _ends(part.span))
        assert (closing.mrr_minor, closing.subscribers, closing.late_minor, closing.late) == after
        assert opening.mrr_minor + sum(change for _, change in moved) == closing.mrr_minor
        ended = [is_won for at, is_won in trials if _holds(part.span, at)]
        failed = [(minor, is_mended) for at, minor, is_mended in failures if _holds(part.span, at)]
        counts, amounts = part.tally.counts, part.tally.amounts
        assert (counts[Kind.TRIAL_WON], counts[Kind.TRIAL_OVER]) == (sum(ended), len(ended) - sum(ended))
        assert (counts[Kind.FAILED], amounts[Kind.FAILED]) == (len(failed), sum(minor for minor, _ in failed))
        assert counts[Kind.RECOVERED] == sum(is_mended for _, is_mended in failed)


def _kept_movements(session: Session, currency: str) -> list[tuple[str, datetime, int]]:
    """Every movement to the moment, also of days to come."""
    columns = select(FigureEntry.kind, FigureEntry.at, FigureEntry.amount_minor)
    rows = session.execute(columns.where(FigureEntry.currency == currency, FigureEntry.kind.in_(list(MOVEMENTS))))
    return sorted((row[0], row[1], row[2]) for row in rows)


def _moved(part: Part) -> dict[str, tuple[int, int]]:
    return {kind.value: (part.tally.counts[kind], part.tally.amounts[kind]) for kind in MOVEMENTS}


def _summed(moved: list[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    kinds = {kind.value: [change for one, change in moved if one == kind.value] for kind in MOVEMENTS}
    return {kind: (len(changes), sum(changes)) for kind, changes in kinds.items()}


@given(ledger=ledgers(), period=periods())
@some
def test_the_figures_of_any_books_and_any_period(paper: Paper, ledger: Ledger, period: Period) -> None:
    write(paper.database, paper.profile.id, ledger)
    make_figures(paper.database, paper.profile)
    naive, desk = ledger.naive, _desk(paper)
    with paper.database.reading() as session:
        for currency in CURRENCIES:
            parts = parts_of(session, desk, currency, period)
            assert [one.closing for one in parts[:-1]] == [one.opening for one in parts[1:]]
            _agree(parts, naive, currency)
            moved = [(kind, at, change) for kind, at, change, _ in naive.movements(currency)]
            assert _kept_movements(session, currency) == sorted(moved)


def test_what_the_evening_has_yet_to_bring_is_a_whole_number_on_every_database(paper: Paper) -> None:
    make_figures(paper.database, paper.profile)
    desk, evening, period = _desk(paper), NOW + timedelta(hours=2), read_period(TODAY, TODAY, By.DAY, TODAY)
    mine = {"publisher_id": desk.publisher_id, "edition": desk.edition, "kind": Kind.LEFT, "currency": "USD"}
    with paper.database.writing() as session:
        session.add(FigureEntry(**mine, at=evening, customer="cus_evening", amount_minor=-499))
        session.add(FigureDay(**mine, day=TODAY, count=1, amount_minor=-499))
    with paper.database.reading() as session:
        [part] = parts_of(session, desk, "USD", period)
    assert (part.tally.counts[Kind.LEFT], part.closing) == (0, part.opening)
    assert type(part.closing.mrr_minor) is int


@given(ledger=ledgers())
@some
def test_what_is_due_and_who_stays(paper: Paper, ledger: Ledger) -> None:
    write(paper.database, paper.profile.id, ledger)
    make_figures(paper.database, paper.profile)
    naive, desk = ledger.naive, _desk(paper)
    period = read_period(date(2025, 9, 1), TODAY, By.MONTH, TODAY)
    with paper.database.reading() as session:
        for currency in CURRENCIES:
            due = renewals_due(session, desk, currency)
            ends_at = _midnight(TODAY + timedelta(days=30))
            assert (sum(day.count for day in due), sum(day.amount_minor for day in due)) == naive.due(
                currency, NOW, ends_at
            )
            found = {
                (one.month, n): (one.joined, left)
                for one in cohorts_of(session, desk, currency, period)
                for n, left in enumerate(one.left)
            }
            months = [span.begins for span in period.spans]
            expected = {
                (month, n): naive.cohort(currency, month, _midnight(end.ends), ZONE)
                for month in months
                for n, end in enumerate(period.spans[months.index(month) : -1])
            }
            assert found == {key: value for key, value in expected.items() if value[0]}


@given(before=ledgers(), after=ledgers(), period=periods())
@some
def test_catching_up_comes_to_what_making_them_anew_comes_to(
    paper: Paper, before: Ledger, after: Ledger, period: Period
) -> None:
    write(paper.database, paper.profile.id, before)
    make_figures(paper.database, paper.profile)
    for one in after.subscriptions:
        one["synced_at"] = NOW + timedelta(days=365)
    gone = {one["customer_id"] for one in before.subscriptions} - {one["customer_id"] for one in after.subscriptions}
    after.subscriptions += [one for one in before.subscriptions if one["customer_id"] in gone]
    rewrite(paper.database, paper.profile.id, _with_bills_of(after, before, gone))
    catch_up(paper.database, paper.profile, NOW + timedelta(days=366))
    with paper.database.reading() as session:
        caught_up = [parts_of(session, _desk(paper), currency, period) for currency in CURRENCIES]
    make_figures(paper.database, paper.profile)
    with paper.database.reading() as session:
        assert caught_up == [parts_of(session, _desk(paper), currency, period) for currency in CURRENCIES]


def _editions(session: Session) -> set[int]:
    return set(session.scalars(select(FigureEntry.edition).distinct()))


@given(ledger=ledgers(), times=st.integers(0, 2))
@some
def test_a_making_that_is_stopped_shows_nothing_and_the_next_takes_its_place(
    paper: Paper, ledger: Ledger, times: int
) -> None:
    write(paper.database, paper.profile.id, ledger)
    left = iter([False] * times)
    with patch("paywall.business.keeping.making._CUSTOMERS_AT_ONCE", 1):
        catch_up_all(paper.database, NOW, lambda: next(left, True))
    customers = {one["customer_id"] for one in ledger.subscriptions}
    with paper.database.reading() as session:
        is_shown = session.get(FigureMark, paper.profile.id) is not None
    assert is_shown == (len(customers) <= times)
    assert make_figures(paper.database, paper.profile) == len(customers)
    with paper.database.reading() as session:
        assert _editions(session) <= {session.get_one(FigureMark, paper.profile.id).edition}


def _with_bills_of(after: Ledger, before: Ledger, customers: set[str]) -> Ledger:
    """The later books, with the customers who are only in the earlier ones as they were."""
    kept = {one["stripe_id"] for one in before.subscriptions if one["customer_id"] in customers}
    for invoice in [one for one in before.invoices if one["subscription_id"] in kept]:
        name = invoice["stripe_id"]
        fresh = f"old_{name}"
        after.invoices.append({**invoice, "stripe_id": fresh})
        for mine, theirs in ((after.refunds, before.refunds), (after.disputes, before.disputes)):
            mine += [
                {**one, "stripe_id": f"old_{one['stripe_id']}", "invoice_id": fresh}
                for one in theirs
                if one["invoice_id"] == name
            ]
    return after


assert SYNCED < NOW
