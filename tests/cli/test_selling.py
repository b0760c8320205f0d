"""`paywall plan` and `paywall offer`: what an operator types, what comes back, and what is refused by which word."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.operator import Run

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "publishers" / "plans-and-offers.md"
PLAN = ("plan", "set-up", "digital", "Digital", "--currency", "EUR", "--monthly", "4.99")
OFFER = ("offer", "set-up", "autumn", "--plan", "digital")


@pytest.fixture
def selling(run: Run) -> Run:
    """A newspaper that sells one plan."""
    assert run(*PLAN).exit_code == 0
    return run


class TestAPlan:
    def test_is_told_back_with_every_price(self, run: Run) -> None:
        result = run(*PLAN, "--yearly", "49.90", "--price", "12.90/quarter", "--price", "5.49/month:USD")
        assert result.output == "Digital: €4.99 a month, €49.90 a year, €12.90 every 3 months, $5.49 a month\n"

    def test_may_be_made_of_written_prices_alone(self, run: Run) -> None:
        result = run(
            "plan", "set-up", "digital", "Digital", "--price", "2/week:EUR", "--tax", "7.5", "--trial-days", "7"
        )
        assert (result.exit_code, result.output) == (0, "Digital: €2.00 a week\n")

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            (("--price", "4.99"), "price"),
            (("--price", "4.99/fortnight"), "price"),
            (("--price", "1/37months"), "price"),
            (("--price", "x/month"), "amount"),
            (("--price", "5/month:EURO"), "currency"),
            (("--yearly", "49,90"), "amount"),
            (("--yearly", "0"), "amount"),
            (("--currency", "euro"), "currency"),
            (("--tax", "100"), "tax"),
            (("--tax", "much"), "tax"),
            (("--trial-days", "-1"), "trial_days"),
            (("--trial-days", "731"), "trial_days"),
        ],
    )
    def test_is_refused_by_the_word_that_is_wrong_and_nothing_is_kept(
        self, run: Run, words: tuple[str, ...], field: str
    ) -> None:
        result = run(*PLAN, *words)
        assert result.exit_code == 1
        assert result.output.startswith(f"{field}: ")
        assert run(*OFFER, "--percent", "50").output.startswith("plan: ")

    @pytest.mark.parametrize(("slug", "name", "field"), [("Digital Plus", "D", "slug"), ("digital", " ", "name")])
    def test_is_refused_a_name_that_can_not_be_used(self, run: Run, slug: str, name: str, field: str) -> None:
        result = run("plan", "set-up", slug, name, "--monthly", "4.99", "--currency", "EUR")
        assert (result.exit_code, result.output.partition(":")[0]) == (1, field)

    def test_without_a_currency_is_refused(self, run: Run) -> None:
        assert run("plan", "set-up", "digital", "Digital", "--monthly", "4.99").output.startswith("currency: ")

    @pytest.mark.parametrize("words", [(), ("--trial-days", "a week")])
    def test_without_a_price_or_with_no_number_is_a_misuse(self, run: Run, words: tuple[str, ...]) -> None:
        assert run("plan", "set-up", "digital", "Digital", "--currency", "EUR", *words).exit_code == 2


class TestAnOffer:
    def test_is_told_back_listed_and_ended(self, selling: Run) -> None:
        assert selling(*OFFER, "--percent", "50", "--months", "3").output.startswith("50% off for 3 months;")
        assert selling("offer", "list").output == "autumn: 50% off for 3 months, digital, everybody new, running\n"
        assert selling("offer", "end", "autumn").output == "autumn has ended\n"
        assert selling("offer", "list").output.endswith("ended\n")

    def test_of_an_amount_with_a_code_and_a_limit_is_too(self, selling: Run) -> None:
        words = ("--amount", "2.00", "--currency", "EUR", "--code", "SPRING", "--limit", "5", "--until", "2099-12-31")
        assert selling(*OFFER, *words).exit_code == 0
        assert selling("offer", "list").output == "autumn: €2.00 off the first payment, digital, code SPRING, running\n"
        assert selling("offer", "end", "autumn").output.endswith("to switch its code off\n")

    def test_that_there_is_none_is_said(self, selling: Run) -> None:
        assert selling("offer", "list").stderr.startswith("There are no offers yet")

    def test_of_days_to_come_is_to_come(self, selling: Run) -> None:
        assert selling(*OFFER, "--percent", "5", "--from", "2098-01-01", "--until", "2098-01-01").exit_code == 0
        assert selling("offer", "list").output.endswith("to come\n")

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            ((), "percent"),
            (("--percent", "0"), "percent"),
            (("--percent", "100", "--forever"), "percent"),
            (("--percent", "50", "--amount", "1", "--currency", "EUR"), "percent"),
            (("--amount", "1"), "currency"),
            (("--amount", "1", "--currency", "USD"), "currency"),
            (("--amount", "one", "--currency", "EUR"), "amount"),
            (("--amount", "4.99", "--currency", "EUR"), "amount"),
            (("--percent", "50", "--months", "0"), "months"),
            (("--percent", "50", "--code", "spring"), "code"),
            (("--percent", "50", "--code", "SPRING", "--from", "2098-01-01"), "from"),
            (("--percent", "50", "--until", "2020-01-01"), "until"),
            (("--percent", "50", "--limit", "5"), "limit"),
            (("--percent", "50", "--code", "SPRING", "--limit", "0"), "limit"),
        ],
    )
    def test_is_refused_by_the_word_that_is_wrong_and_nothing_is_kept(
        self, selling: Run, words: tuple[str, ...], field: str
    ) -> None:
        result = selling(*OFFER, *words)
        assert (result.exit_code, result.output.partition(":")[0]) == (1, field)
        assert selling("offer", "list").stderr.startswith("There are no offers yet")

    @pytest.mark.parametrize(
        "words",
        [
            ("--percent", "half"),
            ("--percent", "50", "--months", "3", "--forever"),
            ("--percent", "50", "--until", "tomorrow"),
            ("--percent", "50", "--limit", "x"),
        ],
    )
    def test_of_words_that_can_not_be_read_is_a_misuse(self, selling: Run, words: tuple[str, ...]) -> None:
        assert selling(*OFFER, *words).exit_code == 2

    def test_that_is_unknown_can_not_be_ended(self, selling: Run) -> None:
        result = selling("offer", "end", "winter")
        assert (result.exit_code, result.output) == (1, "There is no offer of that name.\n")


def test_the_guides_commands_do_what_it_says_one_after_the_other(run: Run) -> None:
    commands = re.findall(r"^    paywall (.+)$", GUIDE.read_text(), re.MULTILINE)
    assert len(commands) >= 8
    for command in commands:
        result = run(*shlex.split(command))
        assert result.exit_code == 0, f"{command}: {result.output}"
