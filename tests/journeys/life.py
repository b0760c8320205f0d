"""One reader's subscription from the first click on: the product, a stand-in Stripe, and a clock that turns for both.

Whatever happens at Stripe comes to the product as it does in life: as events in the inbox, drained.
"""

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from paywall import clock
from paywall.billing.catalogue.making_offers import NewOffer, set_up_offer
from paywall.billing.catalogue.putting_on_sale import NewPlan, set_up_plan
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.drain import drain_once
from paywall.outbox import OutboxMail
from paywall.publishers.tables import Publisher
from tests.billing.shop import GOOD_CARD, MONTHLY, PAY, Shop
from tests.journeys.deployment import Browser, Newspaper

STORY = "storm"


@dataclass
class Life:
    """What a journey plays with."""

    news: Newspaper
    reader: Browser
    clock: pytest.MonkeyPatch
    _told: set[str] = field(default_factory=set)

    # --- the reader ---

    def subscribes(self, lookup_key: str = MONTHLY, card: str = GOOD_CARD, code: str = "", **typed: str) -> None:
        """Choose a price, pay at Stripe, and come back."""
        page = self.reader.post("/subscribe", {"price": lookup_key}).location
        if code:
            Client(self.shop.sandbox.wsgi).post(page.removeprefix(PAY), data={"promotion_code": code})
        back = self.shop.pay(page, card, **typed)
        self.reader.get(_local(back.headers["Location"]))
        self.hears()

    def reads(self) -> bool:
        """Open an article that is for subscribers only."""
        return self.reader.reads(STORY)

    def prompt(self) -> str:
        """Return the invitation's button under the preview of that article; empty where it is open."""
        found = re.search(
            r'invitation-actions">\s*<a class="button" href="[^"]*">([^<]+)<', self.reader.page(STORY).text
        )
        return found[1] if found else ""

    def state(self) -> str:
        """Return the first line of the account page."""
        return sentence_of(self.reader.get("/account").text)

    def posts(self, path: str, **fields: str) -> str:
        """Press a button; returns where it leads."""
        answer = self.reader.post(path, fields)
        assert answer.status_code == 303, answer.status_code
        self.hears()
        return answer.location

    def changes_to(self, lookup_key: str) -> str:
        """Change the plan as the preview said; returns what it said."""
        page = self.reader.get(f"/account/subscription/change?price={lookup_key}").text
        fields = dict(re.findall(r'<input type="hidden" name="(price|moment|seal)" value="([^"]*)">', page))
        self.posts("/account/subscription/change", **fields)
        return sentence_of(page)

    # --- Stripe and time ---

    @property
    def shop(self) -> Shop:
        return self.news.shop

    def ask(self, call: Any) -> Any:
        """Do something at Stripe, as its pages and its dashboard do."""
        done = self.shop.gateway.ask(call)
        self.hears()
        return done

    def turns(self, **by: float) -> None:
        """Let time pass, here and at Stripe, a day at a time, with all that Stripe tells of it."""
        left = timedelta(**by)
        while left > timedelta():
            step = min(left, timedelta(days=1))
            self.shop.time.at += step
            left -= step
            self.clock.setattr(clock, "_offset", self.shop.time.at - datetime.now(UTC))
            self.hears()

    def hears(self) -> None:
        """Take in what Stripe has to tell."""
        for _ in range(3):
            lately = int((self.shop.time.at - timedelta(days=2)).timestamp())
            events = self.shop.gateway.list_events(created_since=lately)
            fresh = [one for one in events if one["id"] not in self._told]
            if not fresh:
                break
            self._told |= {one["id"] for one in fresh}
            with self.shop.database.writing() as session:
                for event in reversed(fresh):
                    inbox.receive(session, event, livemode=False)
            drain_once(self.shop.billing)
        self.news.poll()

    def uses_card(self, token: str) -> None:
        """Give another card on Stripe's page, and come back from there."""
        customer = self.subscription().customer_id
        method = self.shop.gateway.ask(lambda v1: v1.payment_methods.attach(token, {"customer": customer}))
        change: Any = {"invoice_settings": {"default_payment_method": method["id"]}}
        self.ask(lambda v1: v1.customers.update(customer, change))
        self.reader.get("/account/payment/card")
        self.hears()

    def pays_invoice(self, token: str = "pm_card_visa") -> None:
        """Pay what is open, with a good card."""
        self.uses_card(token)
        owed = next(one.stripe_id for one in self.invoices() if one.status == "open")
        self.ask(lambda v1: v1.invoices.pay(owed))

    def sells(self, plan: NewPlan) -> None:
        """Put a plan on sale, or change it; Stripe knows it too."""
        with self.shop.database.writing() as session:
            set_up_plan(session, session.get_one(Publisher, self.news.publisher_id), plan)
        set_up_stripe(self.shop.database, self.shop.gateway, self.shop.publisher, None)
        self.news.poll()

    def offers(self, offer: NewOffer) -> None:
        """Make an offer; Stripe knows it too."""
        with self.shop.database.writing() as session:
            set_up_offer(session, self.news.publisher_id, offer, clock.now())
        set_up_stripe(self.shop.database, self.shop.gateway, self.shop.publisher, None)
        self.news.poll()

    # --- what is stored ---

    def subscription(self) -> Subscription:
        """Return the one that counts."""
        with self.shop.database.reading() as session:
            return session.scalars(select(Subscription).where(Subscription.is_current)).one()

    def at_stripe(self) -> dict[str, Any]:
        found: dict[str, Any] = self.shop.gateway.retrieve_subscription(self.subscription().stripe_id)
        return found

    def invoices(self) -> list[Invoice]:
        with self.shop.database.reading() as session:
            return list(session.scalars(select(Invoice).order_by(Invoice.created_at, Invoice.id)))

    def paid(self) -> list[int]:
        """Return what was paid, in minor units, oldest first."""
        return [one.paid_minor for one in self.invoices() if one.paid_minor]

    def mails(self) -> list[str]:
        """Return the kinds of mail about billing that went out."""
        with self.shop.database.reading() as session:
            kinds = list(session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id)))
        return [kind.removeprefix("billing_") for kind in kinds if kind.startswith("billing_")]


def _local(address: str) -> str:
    parts = urlsplit(address)
    assert not address.startswith(PAY), "still at Stripe"
    return f"{parts.path}?{parts.query}"


def sentence_of(page: str) -> str:
    found = re.search(r'class="state"[^>]*>([^<]+)<', page)
    assert found
    return html.unescape(found[1]).replace("\N{NO-BREAK SPACE}", " ").strip()
