"""The house keeps its walls: who may know whom, and one door for each foreign library."""

import ast
from pathlib import Path

import pytest

from tests.architecture import Import, imports_of, wrong

ROOT = Path(__file__).resolve().parent.parent


class TestTheHouse:
    def test_no_import_crosses_a_wall(self) -> None:
        complaints = [
            f"{one.file}:{one.line} imports {one.module}: {why}" for one in imports_of(ROOT) if (why := wrong(one))
        ]
        assert not complaints, "\n" + "\n".join(complaints)

    def test_only_the_clock_asks_for_the_time(self) -> None:
        complaints = [place for path in (ROOT / "paywall").rglob("*.py") for place in _clock_readings(path)]
        assert not complaints, "\n" + "\n".join(complaints)

    def test_every_module_says_what_it_is_for(self) -> None:
        silent = [str(p) for p in (ROOT / "paywall").rglob("*.py") if not ast.get_docstring(ast.parse(p.read_text()))]
        assert not silent


def _clock_readings(path: Path) -> list[str]:
    if path.name == "clock.py":
        return []
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute))
    found = [node for node in calls if (getattr(node.value, "id", ""), node.attr) in _READINGS]
    return [
        f"{path}:{node.lineno} asks for the time: use paywall.clock, or take `now` as an argument" for node in found
    ]


_READINGS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("datetime", "today")}


class TestTheDetector:
    """A detector that finds nothing must be shown to find something."""

    @pytest.mark.parametrize(
        ("file", "line"),
        [
            ("paywall/billing/checkout/starting.py", "import stripe"),
            ("paywall/account/views.py", "from stripe import StripeClient"),
            ("paywall/gate/access.py", "import redis"),
            ("paywall/articles/rules.py", "import sqlalchemy"),
            ("paywall/gate/decide.py", "from flask import request"),
            ("paywall/readers/current.py", "from paywall.gate import passes"),
            ("paywall/meter/store.py", "from paywall.billing import plans"),
            ("paywall/wall/middleware.py", "from paywall.readers import tables"),
            ("paywall/sandbox/app.py", "from paywall.billing import money"),
            ("paywall/billing/checkout/starting.py", "from paywall.sandbox import Sandbox"),
            ("paywall/newsroom/views.py", "from paywall.account import views"),
            ("paywall/account/views.py", "from paywall.readers.views import blueprint"),
            ("paywall/database.py", "from paywall.publishers import tables"),
            ("paywall/billing/catalogue/plans.py", "from paywall.publishers.tables import publisher_id_by_host"),
            ("paywall/account/views.py", "from paywall.readers.tables import Reader, SignIn"),
            ("paywall/newsroom/pages.py", "import paywall.articles.tables"),
        ],
    )
    def test_a_planted_wrong_import_is_caught(self, tmp_path: Path, file: str, line: str) -> None:
        planted = tmp_path / file
        planted.parent.mkdir(parents=True)
        planted.write_text(f'"""A module."""\n\n{line}\n')
        assert [one for one in imports_of(tmp_path) if wrong(one)]

    @pytest.mark.parametrize(
        ("file", "module", "names"),
        [
            ("paywall/billing/stripe_gateway.py", "stripe", ()),
            ("paywall/account/views/home.py", "paywall.billing.changing.cancelling", ()),
            ("paywall/app.py", "paywall.newsroom.views", ()),
            ("paywall/wall/middleware.py", "paywall.gate.decision", ()),
            ("paywall/gate/access.py", "paywall.meter.store", ()),
            ("paywall/newsroom/teasers.py", "paywall.articles.tables", ("Article",)),
            ("paywall/readers/ending.py", "paywall.readers.tables", ("SignIn",)),
        ],
    )
    def test_a_right_import_is_left_alone(self, file: str, module: str, names: tuple[str, ...]) -> None:
        assert wrong(Import(file, 1, module, names)) is None
