"""The account's pages: HTTP in, one use case, HTTP out. Each deed is synced at once: the next page is true."""

from paywall.account.views import cancelling, home, links, pausing, payment, switching

blueprints = tuple(page.blueprint for page in (home, cancelling, switching, pausing, payment, links))
