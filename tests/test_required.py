"""The guard over the suite itself, tried on small suites in folders of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WHOLE = """
import pytest

@pytest.fixture
def redis_url():
    return "redis://"

@pytest.mark.browser
def test_page(): pass

@pytest.mark.postgres
def test_table(): pass

def test_lists(redis_url): pass
"""
WITHOUT_BROWSER = WHOLE.replace("@pytest.mark.browser", "")
BROWSER_SKIPPED_BY_FIXTURE = """
@pytest.fixture
def chromium():
    pytest.skip("no Chromium")
""".join(["import pytest\n", WHOLE.replace("test_page()", "test_page(chromium)")])
ONE_SKIPPED = WHOLE + "\n@pytest.mark.skip(reason='not today')\ndef test_other(): pass\n"
MODULE_SKIPPED = "import pytest\npytest.skip('nothing here', allow_module_level=True)\n"
WORKERS = [pytest.param([], id="alone"), pytest.param(["-n", "2"], id="xdist")]


def run(folder: Path, suite: str, *options: str, ci: str = "true") -> tuple[int, str]:
    """Run a suite in `folder` and return its exit code and what it printed."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser\n  postgres\n  redis\n")
    (folder / "test_small.py").write_text(suite)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CI"))}
    environ |= {"PYTHONPATH": str(ROOT), "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ["-p", "tests.required", "-p", "xdist", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *options]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("workers", WORKERS)
class TestUnderCi:
    def test_a_whole_suite_passes_and_a_fixture_marks_its_tests(self, tmp_path: Path, workers: list[str]) -> None:
        code, said = run(tmp_path, WHOLE, *workers)
        assert (code, "CI:" in said) == (0, False)

    @pytest.mark.parametrize("suite", [WITHOUT_BROWSER, BROWSER_SKIPPED_BY_FIXTURE])
    def test_a_part_that_did_not_run_fails_the_session_and_is_named(
        self, tmp_path: Path, workers: list[str], suite: str
    ) -> None:
        code, said = run(tmp_path, suite, *workers)
        assert code == 1
        assert "CI: no browser test ran" in said
        assert "no Redis test ran" not in said

    def test_any_skip_fails_the_session_with_its_reason(self, tmp_path: Path, workers: list[str]) -> None:
        (tmp_path / "test_none.py").write_text(MODULE_SKIPPED)
        code, said = run(tmp_path, ONE_SKIPPED, *workers)
        assert code == 1
        assert "CI: test_small.py::test_other was skipped (Skipped: not today)" in said
        assert "CI: test_none.py was skipped (Skipped: nothing here)" in said


class TestAtADesk:
    @pytest.mark.parametrize("ci", ["", "false"])
    def test_a_skip_is_a_skip(self, tmp_path: Path, ci: str) -> None:
        code, said = run(tmp_path, WITHOUT_BROWSER + ONE_SKIPPED, ci=ci)
        assert (code, "CI:" in said) == (0, False)

    def test_a_mark_given_by_a_fixture_can_be_chosen_by(self, tmp_path: Path) -> None:
        code, said = run(tmp_path, WHOLE, "-m", "redis", ci="")
        assert code == 0
        assert "1 passed, 2 deselected" in said
