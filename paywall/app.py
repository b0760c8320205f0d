"""The one place where parts meet."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask
from flask_wtf import CSRFProtect

from paywall import clock, logs
from paywall.account.overview import overview
from paywall.account.views import blueprints as account_pages
from paywall.admin import parts as admin
from paywall.admin.acting.account.view import show_account
from paywall.admin.ground.gate import hand_over
from paywall.api import parts as api
from paywall.api.ground.pace import Pace
from paywall.api.ground.routes import Parts as ApiParts
from paywall.background import Background, Job, leave_ctrl_c_to_the_parent
from paywall.billing import parts as billing
from paywall.billing.checkout import views as checkout
from paywall.billing.letters import views as mails
from paywall.billing.reconciling.alarm import webhook_is_heard
from paywall.billing.stripe_gateway import StripeGateway
from paywall.billing.webhooks.intake import Intake
from paywall.changes import POLL_SECONDS, Change, ChangeFollower, ChangeKind
from paywall.database import Database
from paywall.gate.parts import GateParts, build_gate
from paywall.installation import folder
from paywall.newsroom import views as newsroom
from paywall.newsroom.addresses import ARTICLES
from paywall.publishers.keys.ring import KeyRing
from paywall.publishers.profiles import Profiles
from paywall.readers import security as readers
from paywall.readership import parts as reading
from paywall.readership.buffer import Readership
from paywall.settings import Settings, read_settings
from paywall.wall.middleware import Paywall
from paywall.web import current, edge, error_pages, forms, health, limits, origin
from paywall.web.cookies import cookie_names
from paywall.web.uploads import Uploads
from paywall.work import Work

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PAGE_SECONDS = 300
"""How old a rendered article may be, in what else it shows (the date, other articles)."""


@dataclass(frozen=True, slots=True)
class Product:
    """Everything that one process holds; `flask` answers requests, the rest is for workers, commands and tests."""

    settings: Settings
    database: Database
    profiles: Profiles
    follower: ChangeFollower
    flask: Flask
    gate: GateParts
    wall: Paywall
    background: Background
    """Keeps what a serving process has in memory true: changes, pages, gate events."""
    work: Work
    """Billing events, mails, sweeps."""
    readership: Readership

    def start(self) -> None:
        """Start what a serving process does beside answering."""
        self.background.start()
        if self.settings.drain:
            self.work.start()

    def stop(self) -> None:
        """End what `start` has started, and let go of the database."""
        self.work.stop()
        self.background.stop()
        self.database.close()


def create_product(settings: Settings, gateway: StripeGateway | None = None) -> Product:
    """Build the product from its settings; opens no connection but the change follower's.

    `gateway` talks to another Stripe than the settings say: the sandbox, in this process.
    """
    if settings.clock_file is not None:
        clock.follow(settings.clock_file)
    database = Database(settings.database_url)
    profiles = Profiles(database)
    follower = ChangeFollower(database, [profiles.hear])
    flask = _flask(settings, database, profiles)
    sales = billing.make_billing(settings, database, gateway)
    billing.install(flask, sales)
    prices = checkout.install(flask, database)
    follower.listen(prices.hear)
    mails.install(flask)
    for blueprint in account_pages:
        flask.register_blueprint(blueprint)
    admin.install(flask)
    gate = build_gate(settings, database, profiles, follower, flask.wsgi_app)
    hand_over(flask, gate)
    show_account(flask, overview)
    read = reading.install(flask, settings, database, profiles, gate)
    parts = ApiParts(settings, database, profiles, KeyRing(database, profiles), gate, prices, Pace())
    interface = api.install(flask, parts, follower)
    wall = _stand_wall(flask, gate, follower)
    front = interface.in_front_of(Intake(wall, lambda: billing.billing_of(flask)))
    flask.wsgi_app = Uploads(settings.trusted_proxies).around(front)  # type: ignore[method-assign,assignment]
    background = Background(
        [
            Job("changes", POLL_SECONDS, follower.poll),
            Job("pages", PAGE_SECONDS, wall.forget_all),
            *gate.jobs,
            *read.jobs,
            *interface.jobs,
        ]
    )
    work = Work(settings, database, sales)
    _install_health(flask, database, gate)
    return Product(settings, database, profiles, follower, flask, gate, wall, background, work, read.readership)


def _install_health(flask: Flask, database: Database, gate: GateParts) -> None:
    vital = {"database": lambda: health.database_answers(database)}
    health.install(flask, vital, {"meter": gate.meter.ping, "webhook": lambda: webhook_is_heard(database)})


def _stand_wall(app: Flask, gate: GateParts, follower: ChangeFollower) -> Paywall:
    wall = Paywall(app.wsgi_app, gate.check, articles_at=ARTICLES)

    def hear(change: Change) -> None:
        if change.kind in (ChangeKind.ARTICLE, ChangeKind.PUBLISHER):
            wall.forget_all()

    follower.listen(hear)
    return wall


def create_served_app() -> "WSGIApplication":
    """Return what a serving process answers with, from the environment; its background work starts with it."""
    leave_ctrl_c_to_the_parent()
    settings = read_settings(os.environ)
    logs.configure(settings.log_level)
    product = create_product(settings)
    product.start()
    return product.flask.wsgi_app


def _flask(settings: Settings, database: Database, profiles: Profiles) -> Flask:
    app = Flask("paywall", template_folder=str(folder("templates")), static_folder=None)
    names = cookie_names(https=settings.is_https)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=names.session,
        SESSION_COOKIE_SECURE=names.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    current.install(app, settings, database, profiles)
    edge.install(app, database)
    error_pages.install(app)
    origin.install(app)
    forms.install(app)
    app.extensions["paywall.csrf"] = CSRFProtect(app)
    limits.install(app, settings.redis_url)
    readers.install(app, database)
    newsroom.install(app)
    return app
