"""Messages as the library of Standard Webhooks reads them."""

import json
from base64 import b64decode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from paywall import clock
from paywall.telling.endpoints import endpoint_of, rotate_secret
from paywall.telling.message import as_bytes, headers, new_secret
from tests.outgoing.receiver import Receiver
from tests.telling.newspaper import Newspaper, heard

words = st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.booleans())


class TestAMessage:
    @given(words)
    def test_of_any_content_is_verified_by_the_receivers_library(self, payload: dict[str, object]) -> None:
        secret, body = new_secret(), as_bytes(payload)
        assert Webhook(secret).verify(body, headers("evt_1", body, [secret], clock.wall())) == payload

    def test_that_was_touched_on_the_way_is_not(self) -> None:
        secret, body = new_secret(), as_bytes({"type": "access.ended"})
        sent = headers("evt_1", body, [secret], clock.wall())
        for changed, named in [
            (body.replace(b"ended", b"moved"), sent),
            (body, {**sent, "webhook-id": "evt_2"}),
            (body, {**sent, "webhook-timestamp": str(int(sent["webhook-timestamp"]) - 1)}),
        ]:
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(changed, named)

    def test_is_too_old_to_be_played_again_after_five_minutes(self) -> None:
        secret, body = new_secret(), b"{}"
        sent = headers("evt_1", body, [secret], clock.wall() - timedelta(minutes=6))
        with pytest.raises(WebhookVerificationError, match="too old"):
            Webhook(secret).verify(body, sent)

    def test_carries_two_signatures_while_the_secret_is_replaced(self) -> None:
        old, new, body = new_secret(), new_secret(), b"{}"
        sent = headers("evt_1", body, [new, old], clock.wall())
        for secret in (old, new):
            Webhook(secret).verify(body, sent)
        with pytest.raises(WebhookVerificationError):
            Webhook(new_secret()).verify(body, sent)

    def test_secret_is_long_enough_and_known_by_its_beginning(self) -> None:
        secret = new_secret()
        assert secret.startswith("whsec_")
        assert len(b64decode(secret.removeprefix("whsec_"))) == 32
        assert secret != new_secret()

    def test_is_small(self, newspaper: Newspaper, receiver: Receiver) -> None:
        newspaper.add(receiver.url())
        newspaper.give()
        newspaper.tell()
        [request] = receiver.requests
        assert len(request.body) < 1000
        assert request.headers["content-type"] == "application/json"
        json.loads(request.body)


class TestReplacingTheSecret:
    def rotate(self, newspaper: Newspaper, endpoint: str, overlap: timedelta) -> str:
        with newspaper.database.writing() as session:
            row = endpoint_of(session, newspaper.publisher_id, endpoint)
            return rotate_secret(newspaper.telling, session, row, overlap=overlap, actor="test")

    def test_leaves_receivers_time_to_change(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        new = self.rotate(newspaper, endpoint, timedelta(hours=24))
        newspaper.give()
        newspaper.tell()
        assert heard(receiver, newspaper.secrets[endpoint]) == heard(receiver, new)

    def test_ends_the_old_one_after_that(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        new = self.rotate(newspaper, endpoint, timedelta(hours=24))
        newspaper.time_passes(timedelta(hours=24))
        newspaper.give()
        newspaper.tell()
        heard(receiver, new)
        with pytest.raises(WebhookVerificationError):
            heard(receiver, newspaper.secrets[endpoint])

    def test_or_at_once_where_it_was_seen_by_somebody(self, newspaper: Newspaper, receiver: Receiver) -> None:
        endpoint = newspaper.add(receiver.url())
        self.rotate(newspaper, endpoint, timedelta())
        newspaper.give()
        newspaper.tell()
        with pytest.raises(WebhookVerificationError):
            heard(receiver, newspaper.secrets[endpoint])
