"""The interface of one process, put together."""

from typing import TYPE_CHECKING, NamedTuple, cast

from flask import Flask
from flask_wtf import CSRFProtect

from paywall.api import embed
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

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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
    return Api(reception, (Job("uses of keys", NOTED_EVERY_SECONDS, parts.keys.note_uses),))
