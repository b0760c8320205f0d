"""The rooms of /admin, in the order of the navigation."""

from flask import Flask

from paywall.admin.ground import blueprint, front
from paywall.admin.subscribers import views as subscribers

ROUTES = (*front.ROUTES, *subscribers.ROUTES)


def install(app: Flask) -> None:
    """Give `app` every page of /admin."""
    blueprint.install(app, ROUTES)
