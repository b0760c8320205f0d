"""A stand-in for Stripe: a small stateful server of its wire API, its hosted pages and its webhooks.

For the demo and the tests. It takes no money and no real key, knows only Stripe's published test cards, and keeps of a
card no more than brand, last four digits and expiry. What it does not simulate it refuses by name.
"""

from paywall.sandbox.server import Sandbox
from paywall.sandbox.state.errors import ConnectionDropped
from paywall.sandbox.webhooks.waiting import Delivery

__all__ = ["ConnectionDropped", "Delivery", "Sandbox"]
