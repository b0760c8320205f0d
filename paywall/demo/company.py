"""Readers for the demo's newspaper, so that its staff has somebody to help: `paywall demo --company`.

They are played, not written: each has a browser of her own, signs up, reads, buys at the simulated Stripe, and changes
her mind, over the pages that everybody uses. They come once, at the first start, in a thread that keeps nobody waiting.
"""

import re
import threading
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import Client, TestResponse

from paywall.sandbox import Sandbox

PASSWORD = "read the news"  # noqa: S105 - of people who do not exist
GOOD_CARD, DECLINED_CARD = "4242424242424242", "4000000000000002"
_MONTH, _YEAR, _DOLLARS = "courier:digital:month:eur", "courier:digital:year:eur", "courier:digital:month:usd"
_PATRON = "courier:patron:month:eur"
_CARD = {"card_expiry": "12 / 34", "card_cvc": "123", "billing_country": "AZ"}
_ARTICLES = ("the-harbour-that-learned-to-wait", "forty-one-boxes-of-tape", "the-notebook-behind-the-till")
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Somebody:
    """A reader and her story: how many articles she reads, what she buys with which card, and whether she cancels."""

    name: str
    reads: int = 0
    price: str = ""
    card: str = GOOD_CARD
    cancels: bool = False


COMPANY = (
    Somebody("leyla", 3, _MONTH),
    Somebody("rauf", 1, _MONTH),
    Somebody("nigar", 2, _YEAR),
    Somebody("kamran", 3, _PATRON),
    Somebody("aysel", 3, _MONTH, cancels=True),
    Somebody("tural", 1, _DOLLARS),
    Somebody("sevda", 3, _MONTH, DECLINED_CARD),
    Somebody("orkhan", 3),
    Somebody("gunel", 1),
)


@dataclass
class Player:
    """One browser, at an address of its own, that clicks for somebody."""

    site: Client
    sandbox: Sandbox
    base_url: str
    address: str

    def play(self, somebody: Somebody) -> None:
        """Live through a story."""
        self._send("/signup", email=f"{somebody.name}@reader.example", password=PASSWORD)
        for slug in _ARTICLES[: somebody.reads]:
            self._get(f"/articles/{slug}")
        if somebody.price:
            self._buy(somebody)
        if somebody.cancels:
            self._send("/account/subscription/cancellation")

    def _buy(self, somebody: Somebody) -> None:
        payment = self._send("/subscribe", price=somebody.price, next=f"/articles/{_ARTICLES[0]}").location
        fields = {"card_number": somebody.card, "billing_name": somebody.name.title(), **_CARD}
        paid = Client(self.sandbox.wsgi).post(payment.partition("/sandbox")[2], data=fields)
        if paid.location:
            self._get(paid.location.removeprefix(self.base_url))

    def _get(self, path: str) -> TestResponse:
        return self.site.get(path, base_url=self.base_url, environ_overrides={"REMOTE_ADDR": self.address})

    def _send(self, path: str, **fields: str) -> TestResponse:
        token = _CSRF.search(self._get("/signup" if path == "/signup" else "/account").text)
        data = {"csrf_token": token[1] if token else "", **fields}
        here = {"base_url": self.base_url, "environ_overrides": {"REMOTE_ADDR": self.address}}
        return self.site.post(path, data=data, headers={"Origin": self.base_url}, **here)


def invite(flask: Flask, sandbox: Sandbox, base_url: str) -> threading.Thread:
    """Have everybody come, one after the other, in a thread of its own."""

    def come() -> None:
        for number, somebody in enumerate(COMPANY, start=1):
            Player(Client(flask), sandbox, base_url, f"192.0.2.{number}").play(somebody)

    thread = threading.Thread(target=come, name="company", daemon=True)
    thread.start()
    return thread
