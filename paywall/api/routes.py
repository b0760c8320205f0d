"""The one table of everything under `/v1`: what answers it, what OpenAPI says of it, what the tests ask."""

from paywall.api.articles.routes import ROUTES as ARTICLES
from paywall.api.check.routes import ROUTES as CHECK
from paywall.api.ground.routes import OpenRoute, Route
from paywall.api.passing.authorizing import ROUTES as AUTHORIZING
from paywall.api.passing.content import ROUTES as CONTENT
from paywall.api.passing.tokens import ROUTES as TOKENS
from paywall.api.readers.routes import ROUTES as READERS
from paywall.api.webhooks.routes import ROUTES as WEBHOOKS

ROUTES: tuple[Route | OpenRoute, ...] = (*CHECK, *ARTICLES, *READERS, *WEBHOOKS, *TOKENS, *CONTENT, *AUTHORIZING)
