"""Every engine behaves like a handful of dicts: random histories, compared step by step."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from paywall.meter.engines import open_store
from paywall.meter.store import Admission, MeterStore, NetworkLine
from paywall.meter.views import Views
from paywall.meter.windows import Window, WindowRule, window_at
from paywall.publishers.rules import WindowKind

RULES = [
    WindowRule(WindowKind.DAY, timezone="Pacific/Apia"),
    WindowRule(WindowKind.MONTH, timezone="Asia/Baku"),
    WindowRule(WindowKind.ROLLING, days=3),
]
NAMES = st.sampled_from(["one", "two"])
ARTICLES = st.sampled_from("abcd")
WINDOWS = st.sampled_from(RULES)


class Model:
    """What the meter means, with no thought for speed or company: when each holder opened which article."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, str], dict[str, datetime]] = {}

    def views(self, holder: str, window: Window) -> dict[str, datetime]:
        taken = self.taken.setdefault((holder, window.key), {})
        if window.lasts:
            return {article: at for article, at in taken.items() if at > window.starts_at}
        return taken

    def take(self, holder: str, article: str, window: Window, now: datetime) -> None:
        self.taken[holder, window.key] = {**self.views(holder, window), article: now}

    def answer(self, holder: str, article: str, window: Window, *, newly: bool = False) -> Admission:
        views = self.views(holder, window)
        resets_at = min(views.values()) + window.lasts if window.lasts and views else window.resets_at
        return Admission(article in views, newly, len(views), resets_at)


class Histories(RuleBasedStateMachine):
    """Two visitors behind one network, who read, sign in, are forgotten, while time goes on."""

    store: MeterStore

    def __init__(self) -> None:
        super().__init__()
        self.model, self.mine, self.now = Model(), uuid4().hex, datetime(2031, 1, 30, 20, tzinfo=UTC)

    @rule(
        name=NAMES,
        article=ARTICLES,
        allowance=st.integers(0, 4),
        window_rule=WINDOWS,
        cap=st.none() | st.integers(0, 5),
    )
    def admit(self, name: str, article: str, allowance: int, window_rule: WindowRule, cap: int | None) -> None:
        window, line = window_at(window_rule, self.now), "line"
        network = None if cap is None else NetworkLine(self.mine + line, cap)
        given = self.store.admit(self.mine + name, article, allowance, window, network=network)
        views, on_line = self.model.views(name, window), self.model.views(line, window)
        room = cap is None or article in on_line or len(on_line) < cap
        newly = article not in views and len(views) < allowance and room
        if newly:
            self.model.take(name, article, window, self.now)
        if newly and cap is not None and article not in on_line:
            self.model.take(line, article, window, self.now)
        assert given == self.model.answer(name, article, window, newly=newly)

    @rule(name=NAMES, article=ARTICLES, window_rule=WINDOWS)
    def peek(self, name: str, article: str, window_rule: WindowRule) -> None:
        window = window_at(window_rule, self.now)
        assert self.store.peek(self.mine + name, article, window) == self.model.answer(name, article, window)

    @rule(visitor=NAMES, reader=NAMES, window_rule=WINDOWS)
    def unite(self, visitor: str, reader: str, window_rule: WindowRule) -> None:
        window = window_at(window_rule, self.now)
        self.store.unite(self.mine + visitor, self.mine + reader, window)
        for article, at in self.model.views(visitor, window).items():
            held_at = self.model.views(reader, window).get(article, at)
            self.model.take(reader, article, window, max(at, held_at))

    @rule(name=NAMES)
    def forget(self, name: str) -> None:
        self.store.forget(self.mine + name)
        self.model.taken = {key: taken for key, taken in self.model.taken.items() if key[0] != name}

    @invariant()
    def nobody_else_has_changed(self) -> None:
        for name, window_rule in itertools.product(("one", "two"), RULES):
            window = window_at(window_rule, self.now)
            assert self.store.peek(self.mine + name, "a", window) == self.model.answer(name, "a", window)

    @rule(hours=st.sampled_from([1, 23, 30]))
    def time_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def sweep(self) -> None:
        self.store.sweep(self.now)


def compare(store: MeterStore, histories: int) -> None:
    machine = type("HistoriesOfThisEngine", (Histories,), {"store": store})
    short = settings(
        max_examples=histories,
        stateful_step_count=30,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=short)


def test_every_engine_equals_the_model(store: MeterStore) -> None:
    compare(store, histories=60)


@pytest.mark.parametrize(
    ("owner", "name", "mistake"),
    [
        (MeterStore, "unite", lambda *_: None),
        (MeterStore, "forget", lambda *_: None),
        (MeterStore, "_passes", lambda *_: True),
        (Views, "live", lambda views: views),
        (Views, "united", lambda _, other: other),
        (Views, "__contains__", lambda *_: False),
        (Views, "resets_at", property(lambda views: views.window.resets_at)),
    ],
)
def test_a_planted_mistake_is_noticed(
    owner: object, name: str, mistake: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, mistake)
    with pytest.raises(AssertionError):
        compare(open_store("memory://"), histories=500)
