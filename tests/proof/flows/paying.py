"""Flows of a visitor who becomes a subscriber: sign-up, checkout, and the webhooks of a renewal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from paywall.billing.subscriptions.tables import Invoice
from paywall.billing.webhooks.drain import drain_once
from paywall.outbox import OutboxMail
from paywall.readers.tables import Reader
from tests.billing.shop import MONTHLY, PAY, SITE
from tests.proof.flows.found import deeds, differs, mails, one_subscription, reads, reads_until, rows
from tests.proof.stage import ARTICLE, Stage
from tests.readers.browser import Browser

SLACK = timedelta(hours=24)
EMAIL = "leyla@example.org"


class WithBrowser:
    """What flows share that somebody with a browser goes through."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.browser = Browser(stage.shop.product.flask)

    def begin(self) -> None:
        self.browser = self.stage.same_browser(self.browser)


class SignUp(WithBrowser):
    """A visitor opens an account."""

    name: ClassVar = "sign-up"

    def act(self) -> None:
        self.browser.sign_up(EMAIL)

    def again(self) -> None:
        self.begin()
        if self.browser.sign_up(EMAIL).status_code == 422:  # "this address has an account"
            self.browser.log_in(EMAIL)

    def problems(self) -> Iterator[str]:
        yield from differs("accounts", len(rows(self.stage, Reader)), 1)
        yield from differs("signed in", self.browser.is_signed_in(), True)
        yield from differs("mails", len(rows(self.stage, OutboxMail)), 1)


class Checkout(WithBrowser):
    """A reader chooses a price, pays, and comes back."""

    name: ClassVar = "checkout"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.browser.sign_up(EMAIL)
        self.back = ""

    def act(self) -> None:
        if not self.back:
            answer = self.browser.post("/subscribe", {"price": MONTHLY, "next": ARTICLE})
            self.back = self._pay(answer.location) if answer.status_code == 303 else ""
        if self.back:
            self.browser.get(self.back)

    def again(self) -> None:
        self.begin()
        for _ in range(3):
            self.act()
            if reads(self.browser):
                return
            self.stage.time.move(seconds=15)

    def problems(self) -> Iterator[str]:
        yield from one_subscription(self.stage, charges=1)
        yield from differs("reads", reads(self.browser), True)
        yield from differs("welcomes", mails(self.stage)["billing_started"], 1)
        yield from differs("pages left open", len(self.stage.shop.open_checkouts()), 0)

    def _pay(self, address: str) -> str:
        if not address.startswith(PAY):
            return address
        return self.stage.shop.pay(address).location.removeprefix(SITE)


class Subscriber(Checkout):
    """What flows share that begin with somebody who subscribes."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        Checkout.act(self)
        stage.settle()
        self.stripe_id = str(stage.at_stripe("subscription")[0]["id"])

    def again(self) -> None:
        self.begin()

    @property
    def period_end(self) -> datetime:
        found = self.stage.at_stripe("subscription")[0]
        return datetime.fromtimestamp(found["items"]["data"][0]["current_period_end"], UTC)


class Renewal(Subscriber):
    """Webhooks come that tell of a renewal, and are worked off."""

    name: ClassVar = "webhook"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        stage.time.move(days=31, hours=3)
        stage.shop.sandbox.tick()

    def act(self) -> None:
        self.stage.shop.sandbox.deliverer.drain()
        drain_once(self.stage.shop.billing)

    def problems(self) -> Iterator[str]:
        yield from one_subscription(self.stage, charges=2)
        yield from differs("paid", [row.paid_minor for row in rows(self.stage, Invoice)], [499, 499])
        yield from differs("reads until", reads_until(self.stage), self.period_end + SLACK)
        yield from differs("noted renewals", deeds(self.stage)["subscription_renewed"], 1)
