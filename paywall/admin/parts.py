"""The rooms of /admin, in the order of the navigation."""

from flask import Flask

from paywall.admin import acting, staff
from paywall.admin.content import views as content
from paywall.admin.ground import blueprint, front
from paywall.admin.staff import joining
from paywall.admin.subscribers import views as subscribers

ROUTES = (*front.ROUTES, *subscribers.ROUTES, *content.ROUTES, *acting.ROUTES, *staff.ROUTES)


def install(app: Flask) -> None:
    """Give `app` every page of /admin."""
    blueprint.install(app, ROUTES)
    app.register_blueprint(joining.blueprint)
