"""`paywall webhooks`: what an operator types, what comes back, and what is refused by which word."""

import os
from collections.abc import Iterator

import pytest

from paywall.database import Database
from paywall.settings import read_settings
from paywall.telling.lanes import tell_once
from paywall.telling.parts import make_telling
from tests.billing.stripe_world import add_reader
from tests.cli.operator import Run
from tests.outgoing.receiver import Receiver, plain, receiving
from tests.telling.newspaper import heard


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(plain(200, b"thank you")) as made:
        yield made


@pytest.fixture
def run(run: Run, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Run:
    """A newspaper with one reader."""
    monkeypatch.setenv("PAYWALL_OUTGOING_HOSTS", receiver.place)
    database = Database(os.environ["PAYWALL_DATABASE_URL"])
    add_reader(database, 1, "reader@example.org")
    database.close()
    return run


@pytest.fixture
def endpoint(run: Run, receiver: Receiver) -> tuple[str, str]:
    """The id and the secret of an endpoint on this machine."""
    result = run("webhooks", "add", receiver.url(), "--description", "The CRM")
    assert result.exit_code == 0, result.output
    public_id, secret = result.stdout.split()
    return public_id, secret


def change(run: Run) -> None:
    """Have access change, and do what the worker does."""
    assert run("comp", "reader@example.org", "--days", "7", "--reason", "Sorry").exit_code == 0
    work()


def work() -> None:
    settings = read_settings(os.environ)
    database = Database(settings.database_url)
    tell_once(make_telling(settings, database))
    database.close()


class TestListing:
    def test_says_so_where_nobody_is_told_and_nothing_was_sent(self, run: Run) -> None:
        nobody, nothing = run("webhooks", "list"), run("webhooks", "deliveries")
        assert (nobody.stdout, nobody.stderr[:18]) == ("", "Nobody is told yet")
        assert (nothing.stdout, nothing.stderr) == ("", "Nothing was sent.\n")


class TestAdding:
    def test_prints_id_and_secret_and_sends_nothing(self, endpoint: tuple[str, str], receiver: Receiver) -> None:
        assert endpoint[0].startswith("we_")
        assert endpoint[1].startswith("whsec_")
        assert receiver.connections == 0

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("https://127.0.0.2/",), "url: That address is not on the public internet.\n"),
            (
                ("http://news.example/",),
                "url: Give an address that begins with https://: what is told concerns readers.\n",
            ),
            (("https://news.example/", "--event", "x"), "events: There is no event x;"),
        ],
    )
    def test_refuses_by_name(self, run: Run, words: tuple[str, ...], said: str) -> None:
        result = run("webhooks", "add", *words)
        assert result.exit_code == 1
        assert result.stderr.startswith(said)


class TestTrying:
    def test_says_what_came_back(self, run: Run, endpoint: tuple[str, str], receiver: Receiver) -> None:
        result = run("webhooks", "test", endpoint[0])
        assert result.exit_code == 0
        assert result.output.startswith("200 taken (")
        assert result.output.endswith("\nthank you\n")
        assert [told["type"] for told in heard(receiver, endpoint[1])] == ["webhook.test"]

    def test_ends_with_1_where_it_is_not_taken(self, run: Run, endpoint: tuple[str, str], receiver: Receiver) -> None:
        receiver.reply = plain(404)
        result = run("webhooks", "test", endpoint[0])
        assert (result.exit_code, result.output.split(" (")[0]) == (1, "404 not taken")


class TestSeeing:
    def test_lists_endpoints_and_how_they_do(self, run: Run, endpoint: tuple[str, str], receiver: Receiver) -> None:
        line = run("webhooks", "list").output.splitlines()[-2]
        assert line.split() == [endpoint[0], receiver.url(), "everything", "well", "0", "The", "CRM"]
        assert endpoint[1] not in run("webhooks", "list").output

    def test_lists_what_was_sent(self, run: Run, endpoint: tuple[str, str]) -> None:
        change(run)
        line = run("webhooks", "deliveries", endpoint[0]).output.splitlines()[-2].split()
        assert line[:4] == ["1", endpoint[0], "access.granted", "1"]
        assert line[6:] == ["delivered", "1", "200", "in", line[-2], "ms"]


class TestSendingAgain:
    def test_one_or_all_since_a_time(self, run: Run, endpoint: tuple[str, str], receiver: Receiver) -> None:
        change(run)
        assert run("webhooks", "replay", endpoint[0], "--delivery", "1").output == "1 event is sent again\n"
        work()
        assert run("webhooks", "replay", endpoint[0], "--since", "2026-01-01").output == "1 event is sent again\n"
        assert run("webhooks", "replay", endpoint[0], "--since", "2999-01-01").output == "0 events are sent again\n"
        work()
        assert len(receiver.requests) == 3

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ((), 2),
            (("--delivery", "1", "--since", "2026-01-01"), 2),
            (("--since", "soon"), 1),
            (("--delivery", "7"), 1),
        ],
    )
    def test_needs_to_know_what(self, run: Run, endpoint: tuple[str, str], words: tuple[str, ...], code: int) -> None:
        assert run("webhooks", "replay", endpoint[0], *words).exit_code == code


class TestChanging:
    def test_the_secret(self, run: Run, endpoint: tuple[str, str], receiver: Receiver) -> None:
        new = run("webhooks", "rotate-secret", endpoint[0]).stdout.strip()
        change(run)
        assert heard(receiver, endpoint[1]) == heard(receiver, new)

    def test_off_and_on_and_gone(self, run: Run, endpoint: tuple[str, str], receiver: Receiver) -> None:
        for word, shown in [("disable", "disabled: by hand"), ("enable", "well")]:
            assert run("webhooks", word, endpoint[0]).exit_code == 0
            assert shown in run("webhooks", "list").output
        assert run("webhooks", "remove", endpoint[0]).exit_code == 0
        assert run("webhooks", "test", endpoint[0]).exit_code == 1
        assert receiver.url() not in run("webhooks", "list").output
