"""The rooms of /admin, in the order of the navigation."""

from flask import Flask

from paywall.admin import acting, staff
from paywall.admin.audit import views as audit
from paywall.admin.connecting import views as connecting
from paywall.admin.content import views as content
from paywall.admin.dashboard import views as dashboard
from paywall.admin.dossier import views as dossier
from paywall.admin.explaining import views as explaining
from paywall.admin.ground import blueprint, downloads, not_done
from paywall.admin.importing import asking as importing_form
from paywall.admin.importing import views as importing
from paywall.admin.mails import views as mails
from paywall.admin.operations import views as operations
from paywall.admin.readership import views as readership
from paywall.admin.rules import views as rules
from paywall.admin.selling import views as selling
from paywall.admin.staff import joining
from paywall.admin.subscribers import views as subscribers
from paywall.admin.today import views as today

ROUTES = (
    *today.ROUTES,
    *subscribers.ROUTES,
    *dossier.ROUTES,
    *explaining.ROUTES,
    *dashboard.ROUTES,
    *readership.ROUTES,
    *content.ROUTES,
    *rules.ROUTES,
    *selling.ROUTES,
    *mails.ROUTES,
    *connecting.ROUTES,
    *acting.ROUTES,
    *importing.ROUTES,
    *operations.ROUTES,
    *audit.ROUTES,
    *staff.ROUTES,
    *downloads.ROUTES,
    *not_done.ROUTES,
)


def install(app: Flask) -> None:
    """Give `app` every page of /admin."""
    blueprint.install(app, ROUTES)
    importing_form.install(app)
    app.register_blueprint(joining.blueprint)
