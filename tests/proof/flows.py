"""What people and workers do, as flows that can be broken off anywhere and are then taken up again.

Each flow says what is done (`act`), what its doer does who got no answer (`again`), and what is wrong with the state in
the end (`problems`). What must be true is written by hand here; no rule of the product is asked.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Protocol
from unittest.mock import patch

from sqlalchemy import select

from paywall.articles import importing
from paywall.articles.importing import ImportOptions, import_articles
from paywall.articles.report import Report
from paywall.articles.tables import Article
from paywall.audit import AuditEntry
from paywall.billing.ledger.refunding import refund
from paywall.billing.ledger.tables import Refund
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.billing.webhooks.drain import drain_once
from paywall.entitlements.tables import EntitlementRow
from paywall.errors import PaywallError
from paywall.outbox import OutboxMail
from paywall.readers.tables import Reader
from tests.billing.shop import MONTHLY, PAY, SITE
from tests.proof.stage import ARTICLE, Stage
from tests.readers.browser import Browser

SLACK = timedelta(hours=24)
EMAIL = "leyla@example.org"


class Flow(Protocol):
    """Something done in steps."""

    name: ClassVar[str]

    def __init__(self, stage: Stage) -> None:
        """Set everything up that the flow begins from."""

    def begin(self) -> None:
        """Be somebody who comes afresh, after the stage was set back."""

    def act(self) -> None:
        """Do it."""

    def again(self) -> None:
        """Do what one does who got no answer, in a fresh process."""

    def problems(self) -> Iterator[str]:
        """Name what is not as it must be."""


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
        yield from _differs("accounts", len(_rows(self.stage, Reader)), 1)
        yield from _differs("signed in", self.browser.is_signed_in(), True)
        yield from _differs("mails", len(_rows(self.stage, OutboxMail)), 1)


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
            if _reads(self.browser):
                return
            self.stage.time.move(seconds=15)

    def problems(self) -> Iterator[str]:
        yield from _one_subscription(self.stage, charges=1)
        yield from _differs("reads", _reads(self.browser), True)
        yield from _differs("welcomes", _mails(self.stage)["billing_started"], 1)
        yield from _differs("pages left open", len(self.stage.shop.open_checkouts()), 0)

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
        yield from _one_subscription(self.stage, charges=2)
        yield from _differs("paid", [row.paid_minor for row in _rows(self.stage, Invoice)], [499, 499])
        yield from _differs("reads until", _until(self.stage), self.period_end + SLACK)
        yield from _differs("noted renewals", _deeds(self.stage)["subscription_renewed"], 1)


class Cancelling(Subscriber):
    """A reader cancels on the account page."""

    name: ClassVar = "cancel"

    def act(self) -> None:
        self.browser.post("/account/subscription/cancellation", {})

    def again(self) -> None:
        self.begin()
        self.act()

    def problems(self) -> Iterator[str]:
        yield from _one_subscription(self.stage, charges=1)
        (row,) = _rows(self.stage, Subscription)
        found = self.stage.at_stripe("subscription")[0]
        yield from _differs("ends at Stripe", bool(found["cancel_at_period_end"] or found["cancel_at"]), True)
        yield from _differs("ends here", row.cancels_at, self.period_end)
        yield from _differs("reads until", _until(self.stage), self.period_end)
        yield from _differs("mails", _mails(self.stage)["billing_cancelled"], 1)
        yield from _differs("noted", _deeds(self.stage)["subscription_changed"], 1)


class Refunding(Subscriber):
    """Somebody at the newspaper gives the money back."""

    name: ClassVar = "refund"

    def act(self) -> None:
        invoice = _rows(self.stage, Invoice)[0].stripe_id
        refund(self.stage.shop.billing, invoice, amount_minor=None, keeps_until=None, actor="command line")

    def again(self) -> None:
        self.begin()
        with suppress(PaywallError):  # "nothing is left of it"
            self.act()

    def problems(self) -> Iterator[str]:
        yield from _one_subscription(self.stage, charges=1)
        yield from _differs("refunds at Stripe", [one["amount"] for one in self.stage.at_stripe("refund")], [499])
        yield from _differs("refunds here", [row.amount_minor for row in _rows(self.stage, Refund)], [499])
        yield from _differs("refunded", [row.refunded_minor for row in _rows(self.stage, Invoice)], [499])
        yield from _differs("reads", _until(self.stage) > self.stage.time.now(), False)


class RefundHeardOf(Refunding):
    """Webhooks come that tell of money given back at Stripe."""

    name: ClassVar = "refund at Stripe"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        intent = stage.at_stripe("payment_intent")[0]["id"]
        stage.shop.gateway.create_refund({"payment_intent": intent}, idempotency_key="dashboard")

    def act(self) -> None:
        self.stage.shop.sandbox.deliverer.drain()
        drain_once(self.stage.shop.billing)

    def again(self) -> None:
        self.begin()


class Import:
    """Articles are imported from a folder, two in a transaction."""

    name: ClassVar = "import"
    ARTICLES = 5

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = Path(stage.shop.sandbox.store.path).parent / "articles"
        self.folder.mkdir()
        for number in range(self.ARTICLES):
            (self.folder / f"story-{number}.md").write_text(_markdown(number), encoding="utf-8")

    def begin(self) -> None:
        """Nothing is kept in hands."""

    def act(self) -> None:
        self._import()

    def again(self) -> None:
        self._import()

    def problems(self) -> Iterator[str]:
        found = [row for row in _rows(self.stage, Article) if row.title.startswith("Story ")]
        whole = [row for row in found if row.body_html.count("<p>") == 3 and row.preview_html and row.version]
        yield from _differs("articles", (len(found), len(whole)), (self.ARTICLES, self.ARTICLES))
        report = self._import()
        yield from _differs("unchanged when imported again", (report.unchanged, report.read), (self.ARTICLES,) * 2)

    def _import(self) -> Report:
        shop, now = self.stage.shop, self.stage.time.now()
        with patch.object(importing, "BATCH", 2):
            return import_articles(shop.database, shop.publisher.id, self.folder, ImportOptions(), now)


def _markdown(number: int) -> str:
    about = {"id": f"story-{number}", "title": f"Story {number}", "published_at": f"2026-11-0{number + 1}"}
    head = "\n".join(f"{name}: {value}" for name, value in about.items())
    text = "\n\n".join(f"Paragraph {part} of story {number}." for part in range(3))
    return f"---\n{head}\n---\n\n{text}\n"


FLOWS: tuple[type[Flow], ...] = (SignUp, Checkout, Renewal, Cancelling, Refunding, RefundHeardOf, Import)


# --- what is found ---


def _differs(what: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, not {wanted}"


def _one_subscription(stage: Stage, charges: int) -> Iterator[str]:
    """Compare what Stripe has of the one reader there is: a customer, a live subscription, so many charges."""
    live = [one for one in stage.at_stripe("subscription") if one["status"] == "active"]
    paid = [one for one in stage.at_stripe("charge") if one["status"] == "succeeded"]
    yield from _differs("customers", len(stage.at_stripe("customer")), 1)
    yield from _differs("live subscriptions", len(live), 1)
    yield from _differs("charges", [one["amount"] for one in paid], [499] * charges)
    yield from _differs("subscriptions here", len(_rows(stage, Subscription)), 1)
    yield from _differs("rights to read", len(_rows(stage, EntitlementRow)), 1)


def _rows(stage: Stage, table: Any) -> list[Any]:
    with stage.shop.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def _until(stage: Stage) -> datetime:
    (row,) = _rows(stage, EntitlementRow)
    until: datetime = row.valid_until
    return until


def _mails(stage: Stage) -> Counter[str]:
    return Counter(row.kind for row in _rows(stage, OutboxMail))


def _deeds(stage: Stage) -> Counter[str]:
    return Counter(row.action for row in _rows(stage, AuditEntry))


def _reads(browser: Browser) -> bool:
    return browser.get(ARTICLE).headers.get("Paywall-Decision", "").startswith("full")
