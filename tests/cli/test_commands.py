"""The command line on a database of its own: what an operator types, and what comes back."""

import subprocess
import sys
from pathlib import Path

import pytest

from paywall.newsroom import __file__ as newsroom
from tests.cli.operator import Run

ARTICLES = Path(newsroom).parent / "demo_articles"


class TestBeforeAnythingIsThere:
    def test_serving_an_empty_database_says_what_to_run(self, nowhere: Run) -> None:
        result = nowhere("serve")
        assert result.exit_code == 78
        assert "paywall migrate" in result.output

    def test_a_bad_variable_is_named_and_its_value_is_not(self, nowhere: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PAYWALL_SECRET_KEY", "hunter2")
        result = nowhere("migrate")
        assert result.exit_code == 78
        assert "PAYWALL_SECRET_KEY" in result.output
        assert "hunter2" not in result.output

    def test_a_secret_on_the_command_line_is_refused(self, nowhere: Run) -> None:
        assert nowhere("serve", "--stripe-key", "sk_live_x").exit_code == 2

    def test_without_a_publisher_the_import_says_what_to_run(self, nowhere: Run) -> None:
        nowhere("migrate")
        result = nowhere("import", "articles", str(ARTICLES))
        assert result.exit_code != 0
        assert "publisher" in result.output

    def test_help_needs_no_database_library(self) -> None:
        code = "import sys, paywall.cli; sys.exit('sqlalchemy' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestSettingUp:
    def test_setting_a_publisher_up_again_adds_a_host(self, run: Run) -> None:
        result = run("publisher", "set-up", "news", "The News", "--host", "www.news.test")
        assert "news.test, www.news.test" in result.output

    def test_a_time_zone_that_is_none_is_refused(self, run: Run) -> None:
        result = run("publisher", "set-up", "x", "X", "--host", "x.test", "--timezone", "Mars/Base")
        assert result.exit_code == 2

    def test_a_plan_is_told_back_in_money(self, run: Run) -> None:
        result = run("plan", "set-up", "digital", "Digital", "--monthly", "4.99", "--yearly", "49", "--currency", "eur")
        assert "€4.99 a month, €49.00 a year" in result.output

    @pytest.mark.parametrize("amount", ["4,99", "-1", "1e3", "NaN", "", "4.999", "0", "１２"])
    def test_an_amount_that_is_none_is_refused(self, run: Run, amount: str) -> None:
        result = run("plan", "set-up", "digital", "Digital", "--monthly", amount, "--currency", "EUR")
        assert result.exit_code in (1, 2)
        assert "Traceback" not in result.output

    def test_without_a_stripe_key_nothing_can_be_set_up_there(self, run: Run) -> None:
        result = run("stripe", "setup")
        assert result.exit_code == 75
        assert "PAYWALL_STRIPE_SECRET_KEY" in result.output


class TestExplaining:
    @pytest.fixture(autouse=True)
    def _articles(self, run: Run) -> None:
        assert run("import", "articles", str(ARTICLES)).exit_code == 0

    def test_it_walks_the_rules_and_says_what_a_view_would_do(self, run: Run) -> None:
        told = run("explain", "visitor", "the-harbour-that-learned-to-wait").output
        assert "the meter decides" in told
        assert "opens it, and leaves 4" in told

    def test_a_subscribers_article_needs_a_subscription(self, run: Run) -> None:
        told = run("explain", "visitor", "what-a-falling-sea-costs").output
        assert "preview; reason=subscription_required" in told

    def test_an_article_that_is_not_there_is_named_as_such(self, run: Run) -> None:
        assert run("explain", "visitor", "nowhere").exit_code == 1

    def test_nobody_has_that_address(self, run: Run) -> None:
        assert run("explain", "nobody@example.org", "what-a-falling-sea-costs").exit_code == 1

    def test_importing_again_changes_nothing(self, run: Run) -> None:
        assert "0 added, 0 changed, 16 unchanged" in run("import", "articles", str(ARTICLES)).output


class TestComps:
    @pytest.mark.parametrize(("days", "reason"), [("0", "x"), ("-1", "x"), ("99999", "x"), ("3", "  ")])
    def test_odd_ones_are_refused(self, run: Run, days: str, reason: str) -> None:
        result = run("comp", "nobody@example.org", "--days", days, "--reason", reason)
        assert result.exit_code == 1

    def test_a_comp_lets_in_and_is_told_back(self, run: Run, tmp_path: Path) -> None:
        from paywall.database import Database  # noqa: PLC0415
        from paywall.publishers.profiles import choose  # noqa: PLC0415
        from paywall.readers.accounts import open_account  # noqa: PLC0415
        from paywall.readers.email_address import parse_email  # noqa: PLC0415

        run("import", "articles", str(ARTICLES))
        database = Database(f"sqlite:///{tmp_path / 'paywall.sqlite3'}")
        with database.writing() as session:
            open_account(session, choose(database, None).id, parse_email("leyla@example.org"), None)
        told = run("comp", "leyla@example.org", "--days", "3", "--reason", "a prize").output
        assert "leyla@example.org reads The News until" in told
        assert "full; reason=comp" in run("explain", "leyla@example.org", "what-a-falling-sea-costs").output
        database.close()
