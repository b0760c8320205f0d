"""How a reader buys: over our pages and the stand-in's, as a browser does; and what may follow at Stripe."""

from urllib.parse import urlsplit

from paywall.billing.stripe_gateway import StripeGateway
from tests.billing.shop import Shop
from tests.readers.browser import Browser


def go_to_pay(browser: Browser, lookup_key: str, goal: str) -> str:
    """Choose a price; returns the address of the payment page."""
    answer = browser.post("/subscribe", {"price": lookup_key, "next": goal})
    assert answer.status_code == 303, (answer.status_code, answer.text)
    return answer.location


def pay(shop: Shop, address: str) -> str:
    """Pay; returns where Stripe sends the browser back to."""
    answer = shop.pay(address)
    assert answer.status_code in (302, 303), answer.text
    back = urlsplit(answer.location)
    return f"{back.path}?{back.query}"


def buy(shop: Shop, browser: Browser, lookup_key: str, goal: str) -> str:
    """Subscribe and come back to the article; returns the subscription's id."""
    answer = browser.get(pay(shop, go_to_pay(browser, lookup_key, goal)))
    assert (answer.status_code, answer.location) == (303, goal)
    return str(shop.subscriptions()[0]["id"])


def refund(gateway: StripeGateway, subscription: str) -> None:
    """Give back all that the latest invoice brought."""
    invoice = gateway.retrieve_subscription(subscription)["latest_invoice"]["id"]
    payment = gateway.list_invoice_payments(invoice)[0]["payment"]["payment_intent"]
    gateway.create_refund({"payment_intent": payment}, idempotency_key=f"refund:{subscription}")


def cancel_at_period_end(gateway: StripeGateway, subscription: str) -> None:
    """Let it run out."""
    gateway.update_subscription(subscription, {"cancel_at_period_end": True}, idempotency_key=f"end:{subscription}")
