"""The rooms of /admin, in the order of the navigation."""

from flask import Flask

from paywall.admin import staff
from paywall.admin.ground import blueprint, front
from paywall.admin.staff import joining
from paywall.admin.subscribers import views as subscribers

ROUTES = (*front.ROUTES, *subscribers.ROUTES, *staff.ROUTES)


def install(app: Flask) -> None:
    """Give `app` every page of /admin."""
    blueprint.install(app, ROUTES)
    app.register_blueprint(joining.blueprint)
