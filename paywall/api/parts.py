"""The interface of one process, put together."""

from typing import TYPE_CHECKING, NamedTuple, cast

from flask import Flask
from flask_wtf import CSRFProtect

from paywall import clock
from paywall.api import embed
from paywall.api.check.once import Once
from paywall.api.describing import views as describing
from paywall.api.ground.blueprint import make_blueprint
from paywall.api.ground.front import Front, doors
from paywall.api.ground.reception import Reception
from paywall.api.ground.routes import Parts
from paywall.api.passing import connecting, keys
from paywall.api.routes import ROUTES
from paywall.background import Job
from paywall.changes import ChangeFollower
from paywall.publishers.keys.ring import NOTED_EVERY_SECONDS
from paywall.readers import codes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

AN_HOUR = 60 * 60


class Api(NamedTuple):
    """What the rest of the process needs of the interface."""

    reception: Reception
    jobs: tuple[Job, ...]

    def in_front_of(self, application: "WSGIApplication") -> "WSGIApplication":
        """Return `application` with the hottest routes answered before it."""
        return Front(application, doors(ROUTES, self.reception))


def install(app: Flask, parts: Parts, follower: ChangeFollower) -> Api:
    """Give `app` the interface, and have it hear of changes."""
    reception = Reception(parts)
    blueprint = make_blueprint(ROUTES, reception)
    cast(CSRFProtect, app.extensions["paywall.csrf"]).exempt(blueprint)  # called by programs: keys are their proof
    app.register_blueprint(blueprint)
    app.register_blueprint(connecting.blueprint)
    app.register_blueprint(embed.blueprint)
    app.register_blueprint(describing.blueprint)
    app.extensions["paywall.api"] = reception
    keys.install(app, parts.gate.keychain)
    follower.listen(parts.keys.hear)
    return Api(reception, _jobs(parts))


def _jobs(parts: Parts) -> tuple[Job, ...]:
    return (
        Job("uses of keys", NOTED_EVERY_SECONDS, parts.keys.note_uses),
        Job("answers of yesterday", AN_HOUR, Once(parts.database).sweep),
        Job("codes that nobody exchanged", AN_HOUR, lambda: _sweep_codes(parts)),
    )


def _sweep_codes(parts: Parts) -> None:
    with parts.database.writing() as session:
        codes.sweep(session, clock.wall())
