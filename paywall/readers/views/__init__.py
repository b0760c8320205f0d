"""The readers' pages: HTTP in, one use case, HTTP out."""

from paywall.readers.views import confirming, identity, passwords, resetting, signing_in, signing_up

blueprints = tuple(page.blueprint for page in (signing_up, signing_in, resetting, confirming, passwords, identity))
