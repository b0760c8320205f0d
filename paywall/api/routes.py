"""The one table of everything under `/v1`: what answers it, what OpenAPI says of it, what the tests ask."""

from paywall.api.ground.routes import OpenRoute, Route

ROUTES: tuple[Route | OpenRoute, ...] = ()
