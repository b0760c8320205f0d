"""The guide's receiver takes what is really sent, and its way to keep order keeps it."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from paywall.entitlements.rules import Turn
from paywall.telling.attempting import ping
from paywall.telling.message import event_payload
from paywall.telling.rules import State
from tests.api.guides import GUIDES, example, run
from tests.telling.newspaper import Newspaper


@pytest.fixture
def serving() -> Iterator[Any]:
    """Serves an application on this machine; returns where."""
    servers = []

    def serve(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}/paywall-hooks"

    yield serve
    for server in servers:
        server.shutdown()


class TestTheShortestReceiver:
    def test_takes_what_is_sent_and_nothing_else(
        self, newspaper: Newspaper, serving: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        later = Flask("later")
        address = serving(later)
        endpoint = newspaper.add(address)
        monkeypatch.setenv("PAYWALL_WEBHOOK_SECRET", newspaper.secrets[endpoint])
        receiver = run(example("webhooks.md", "receiver", {}))["app"]
        later.wsgi_app = receiver.wsgi_app  # type: ignore[method-assign]
        newspaper.give()
        assert newspaper.tell() == 1
        assert newspaper.delivery().state is State.DELIVERED
        assert ping(newspaper.telling, newspaper.publisher_id, endpoint).status == 204
        printed = capsys.readouterr().out
        assert "access.granted" in printed
        assert "webhook.test" in printed
        forged = receiver.test_client().post("/paywall-hooks", data=b"{}", headers={"webhook-id": "evt_1"})
        assert forged.status_code == 500


class TestTheWayToKeepOrder:
    def test_ends_with_the_truth_in_whatever_order_and_however_often(self, newspaper: Newspaper) -> None:
        apply = run(example("webhooks.md", "order", {}))["apply"]
        newspaper.give()
        newspaper.give(suspended=True)
        newspaper.take_back()
        told = [event_payload(event) for event in newspaper.events()]
        for order in itertools.permutations([*told, told[0]]):
            readers: dict[str, Any] = {}
            for event in order:
                apply(event, readers)
            assert readers[str(newspaper.reader_id)] == told[-1]["data"]


class TestTheTableOfEvents:
    def test_names_every_event(self) -> None:
        text = (GUIDES / "webhooks.md").read_text()
        assert all(f"| `{turn}` |" in text for turn in Turn)
