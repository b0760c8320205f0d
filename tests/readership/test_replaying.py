"""A replay of stored views says what a gate with another allowance would have said, view by view."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from paywall import clock
from paywall.database import Database
from paywall.gate.decision import Reason
from paywall.meter.windows import WindowRule
from paywall.publishers.rules import Profile, WindowKind
from paywall.readership.replaying.asking import Now, Question, answer_to, ask, rule_of
from paywall.readership.replaying.rules import MOST, Kind, Tally, View, Windows, add_holder, kind_of
from paywall.readership.replaying.working import LEASE, replay, work_off
from paywall.readership.rules import OUTCOMES, number_of
from paywall.readership.tables import ReadView, Replay
from tests.readership.naive import A_DAY, OF_READERS, OF_VISITORS, Expected, Seen, expected

BEGINNING = int(datetime(2026, 9, 20, 12, tzinfo=UTC).timestamp())
LENGTH = 75 * A_DAY
ALLOWANCES = (0, 1, 2, 3, 5)
ON_BOTH = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

calendar = st.sampled_from((WindowKind.DAY, WindowKind.WEEK, WindowKind.MONTH)).flatmap(
    lambda kind: st.sampled_from(("UTC", "Asia/Baku", "America/Havana")).map(lambda zone: WindowRule(kind, None, zone))
)
rolling = st.integers(1, 40).map(lambda days: WindowRule(WindowKind.ROLLING, days, "Asia/Baku"))
rules = st.one_of(calendar, rolling)


@st.composite
def views(draw: st.DrawFn) -> list[Seen]:
    """A few people with few articles and many views, so that windows fill, end and roll."""
    found = []
    for _ in range(draw(st.integers(1, 60))):
        holder = draw(st.integers(0, 3))
        reason = draw(st.sampled_from(OF_VISITORS if holder % 2 else OF_READERS))
        at = BEGINNING + draw(st.integers(0, LENGTH // 3600)) * 3600
        found.append(Seen(holder, at, draw(st.integers(1, 7)), reason))
    return sorted(found, key=lambda one: one.at)


def store(database: Database, profile: Profile, seen: list[Seen]) -> None:
    rows = [
        {
            "publisher_id": profile.id, "meter_id": profile.default_meter.id, "holder": one.holder * 2**61 + 5,
            "is_reader": one.is_reader, "article_id": one.article, "outcome": number_of(one.reason),
            "referrer_host": None, "at": one.at,
        }
        for one in seen
    ]  # fmt: skip
    with database.writing() as session:
        session.execute(delete(ReadView))
        session.execute(insert(ReadView), rows)


def said(tally: Tally) -> list[Expected]:
    return [Expected(tally.walls_with(allowance), tally.walled_with(allowance)) for allowance in ALLOWANCES]


class TestWhatIf:
    @ON_BOTH
    @given(seen=views(), asked=st.tuples(rules, st.integers(0, 75), st.integers(1, 40)))
    def test_it_is_what_a_gate_would_have_said(
        self, database: Database, publisher: Profile, seen: list[Seen], asked: tuple[WindowRule, int, int]
    ) -> None:
        rule, begins, lasts = asked
        store(database, publisher, seen)
        since = BEGINNING + begins * A_DAY
        question = Question(publisher.id, publisher.default_meter.id, since, since + lasts * A_DAY)
        *_, found = replay(database, question, rule, parts=4)
        until_then = [one for one in seen if one.at < question.until]
        for tally, readers in ((found.visitors, False), (found.readers, True)):
            assert said(tally) == [
                expected(publisher, rule, until_then, allowance, since, readers=readers) for allowance in ALLOWANCES
            ]

    @given(st.lists(st.integers(1, 90), min_size=1, max_size=120), st.booleans())
    def test_more_articles_than_any_allowance_are_all_walls(self, articles: list[int], is_rolling: bool) -> None:
        rule = WindowRule(WindowKind.ROLLING, 30) if is_rolling else WindowRule()
        tally, metered = Tally(), number_of(Reason.METERED)
        seen = [View(BEGINNING + number, article, metered) for number, article in enumerate(articles)]
        add_holder(tally, seen, is_reader=False, windows=Windows(rule), since=BEGINNING)
        first = list(dict.fromkeys(articles))
        for allowance in (0, MOST - 1, MOST):
            assert tally.walls_with(allowance) == sum(one not in first[:allowance] for one in articles)

    @given(views(), rules)
    def test_a_greater_allowance_never_shows_more_walls_within_calendar_windows(
        self, seen: list[Seen], rule: WindowRule
    ) -> None:
        tally = Tally()
        mine = [View(one.at, one.article, number_of(one.reason)) for one in seen if one.holder == 1]
        add_holder(tally, mine, is_reader=False, windows=Windows(rule), since=BEGINNING)
        if rule.days is None:
            assert tally.would_show == sorted(tally.would_show, reverse=True)
        assert tally.would_show[-1] == 0


class TestHistogram:
    def test_counts_distinct_articles_that_the_meter_opened(self) -> None:
        tally = Tally()
        for articles in ([1, 1, 2], [3], [], [4, 5, 5]):
            seen = [View(BEGINNING + number, one, number_of(Reason.METERED)) for number, one in enumerate(articles)]
            seen.append(View(BEGINNING + 9, 77, number_of(Reason.SUBSCRIPTION_REQUIRED)))
            add_holder(tally, seen, is_reader=False, windows=Windows(WindowRule()), since=BEGINNING)
        assert tally.used[:4] == [1, 1, 2, 0]
        assert (tally.holders, tally.views, tally.walls, tally.walled) == (4, 11, 4, 4)


class TestOutcomes:
    def test_every_reason_has_a_number_that_never_moves(self) -> None:
        assert set(OUTCOMES) == set(Reason)
        assert [OUTCOMES.index(reason) for reason in (Reason.METERED, Reason.METER_USED_UP, Reason.COMP)] == [0, 1, 11]
        assert number_of(Reason.DATABASE_UNAVAILABLE) == len(OUTCOMES) - 1

    @pytest.mark.parametrize("reason", Reason)
    def test_another_allowance_changes_only_what_the_meter_decides(self, reason: Reason) -> None:
        kind = kind_of(number_of(reason), is_reader=False)
        if reason in {Reason.METERED, Reason.METER_USED_UP, Reason.SUBSCRIPTION_REQUIRED}:
            assert kind is Kind.METERED
        elif reason in {Reason.REGISTRATION_REQUIRED, Reason.SUSPENDED}:
            assert kind is Kind.WALL
        elif reason in {Reason.DATABASE_UNAVAILABLE, Reason.METER_UNAVAILABLE}:
            assert kind is Kind.LEFT_OUT
        else:
            assert kind is Kind.OPEN


NOW = Now(datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC))
AN_HOUR = timedelta(hours=1)


def stops_after(times: int) -> Callable[[], bool]:
    """Return what says that it is enough after so many times."""
    left = iter([False] * times)
    return lambda: next(left, True)


class TestAsking:
    def question(self, publisher: Profile, days: int = 30) -> Question:
        return Question(publisher.id, publisher.default_meter.id, BEGINNING, BEGINNING + days * A_DAY)

    def waiting(self, database: Database) -> int:
        with database.reading() as session:
            return len(session.scalars(select(Replay.id).where(Replay.wanted_at.is_not(None))).all())

    def test_a_question_is_answered_once_by_whoever_works(self, database: Database, publisher: Profile) -> None:
        store(database, publisher, [Seen(1, BEGINNING + 60, 1, Reason.METERED)])
        question, rule = self.question(publisher), rule_of(publisher, publisher.default_meter)
        ask(database, question, rule, NOW, AN_HOUR)
        ask(database, question, rule, NOW, AN_HOUR)
        assert (self.waiting(database), work_off(database), work_off(database)) == (1, 1, 0)
        with database.reading() as session:
            answer = answer_to(session, question, rule)
        assert answer
        assert answer.visitors
        assert (answer.is_there, answer.visitors.holders, answer.visitors.walls_with(0)) == (True, 1, 1)

    def test_a_period_that_is_over_is_never_worked_at_again(self, database: Database, publisher: Profile) -> None:
        question, rule = self.question(publisher), rule_of(publisher, publisher.default_meter)
        ask(database, question, rule, NOW, AN_HOUR)
        work_off(database)
        later = Now(clock.now() + 9 * AN_HOUR, clock.wall())
        ask(database, question, rule, later, AN_HOUR)
        assert self.waiting(database) == 0

    def test_one_that_goes_on_is_asked_again_after_a_while_and_keeps_its_answer(
        self, database: Database, publisher: Profile
    ) -> None:
        question, rule = self.question(publisher, days=3000), rule_of(publisher, publisher.default_meter)
        ask(database, question, rule, NOW, AN_HOUR)
        work_off(database)
        for hours, waiting in ((0, 0), (2, 1)):
            ask(database, question, rule, Now(clock.now() + hours * AN_HOUR, clock.wall()), AN_HOUR)
            assert self.waiting(database) == waiting
        with database.reading() as session:
            answer = answer_to(session, question, rule)
        assert answer
        assert answer.is_there
        assert answer.share_done == 0

    def test_another_window_needs_another_answer(self, database: Database, publisher: Profile) -> None:
        question, rule = self.question(publisher), rule_of(publisher, publisher.default_meter)
        ask(database, question, rule, NOW, AN_HOUR)
        work_off(database)
        with database.reading() as session:
            assert answer_to(session, question, WindowRule(WindowKind.WEEK)) is None
        ask(database, question, WindowRule(WindowKind.WEEK), NOW, AN_HOUR)
        assert self.waiting(database) == 1

    def test_what_a_dead_worker_has_begun_is_taken_up_by_the_next(
        self, database: Database, publisher: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        question, rule = self.question(publisher), rule_of(publisher, publisher.default_meter)
        ask(database, question, rule, NOW, AN_HOUR)
        with database.writing() as session:
            session.query(Replay).update({"taken_until": clock.wall() + LEASE})
        assert work_off(database) == 0
        later = clock.wall() + 2 * LEASE
        monkeypatch.setattr(clock, "wall", lambda: later)
        assert work_off(database) == 1

    def test_only_so_many_wait_at_a_time(self, database: Database, publisher: Profile) -> None:
        rule = rule_of(publisher, publisher.default_meter)
        for days in range(1, 30):
            ask(database, self.question(publisher, days), rule, NOW, AN_HOUR)
        assert self.waiting(database) == 20


class TestStopping:
    def test_what_is_stopped_in_the_middle_is_taken_up_by_the_next_at_once(
        self, database: Database, publisher: Profile
    ) -> None:
        store(database, publisher, [Seen(holder, BEGINNING + 60, 1, Reason.METERED) for holder in range(4)])
        meter = publisher.default_meter
        question = Question(publisher.id, meter.id, BEGINNING, BEGINNING + 30 * A_DAY)
        ask(database, question, rule_of(publisher, meter), NOW, AN_HOUR)
        assert work_off(database, stops_after(7)) == 0
        with database.reading() as session:
            answer = answer_to(session, question, rule_of(publisher, meter))
        assert answer
        assert (answer.is_there, answer.share_done) == (False, 0)
        assert work_off(database) == 1

    @pytest.mark.parametrize("times", [0, 1, 3])
    def test_it_is_asked_between_holders_too(
        self, database: Database, publisher: Profile, monkeypatch: pytest.MonkeyPatch, times: int
    ) -> None:
        monkeypatch.setattr("paywall.readership.replaying.working.HOLDERS_AT_ONCE", 1)
        store(database, publisher, [Seen(holder, BEGINNING + 60, 1, Reason.METERED) for holder in range(4)])
        meter = publisher.default_meter
        question = Question(publisher.id, meter.id, BEGINNING, BEGINNING + 30 * A_DAY)
        found = replay(database, question, rule_of(publisher, meter), parts=1, is_enough=stops_after(times))
        assert list(found) == []

    def test_work_that_takes_too_long_is_given_up(
        self, database: Database, publisher: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        meter = publisher.default_meter
        question = Question(publisher.id, meter.id, BEGINNING, BEGINNING + 30 * A_DAY)
        ask(database, question, rule_of(publisher, meter), NOW, AN_HOUR)
        monkeypatch.setattr("paywall.readership.replaying.working.LONGEST", -AN_HOUR)
        assert (work_off(database), work_off(database)) == (1, 0)
        with database.reading() as session:
            answer = answer_to(session, question, rule_of(publisher, meter))
        assert answer
        assert (answer.is_there, answer.share_done) == (False, 1)

    def test_looking_for_questions_never_holds_up_who_writes(self, database: Database) -> None:
        with database.writing(), ThreadPoolExecutor(1) as other:
            assert other.submit(work_off, database).result() == 0
