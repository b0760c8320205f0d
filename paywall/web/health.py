"""`/healthz` says that the process lives; `/readyz` says whether what it needs can be reached."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy import func, select
from structlog import get_logger

from paywall import clock
from paywall.database import Database
from paywall.errors import DatabaseUnavailable, Unavailable

log = get_logger()
_KEY = "paywall.health"
CLOCK_TOLERANCE = timedelta(seconds=60)

Probe = Callable[[], None]


def install(app: Flask, vital: Mapping[str, Probe], degrading: Mapping[str, Probe]) -> None:
    """Answer both addresses: 503 if a `vital` part is down, 200 with `degraded` named if another one is.

    A probe raises `paywall.errors.Unavailable` when its part can't be used.
    """
    blueprint = Blueprint("health", __name__)
    app.extensions[_KEY] = (vital, degrading)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        down = _failing(vital)
        degraded = _failing(degrading)
        body = {"ready": not down, "down": down, "degraded": degraded}
        return jsonify(body), 503 if down else 200

    app.register_blueprint(blueprint)


def state(app: Flask) -> dict[str, bool]:
    """Return every part that is looked after, and whether it can be used now."""
    parts: tuple[Mapping[str, Probe], Mapping[str, Probe]] = app.extensions[_KEY]
    return {name: _passes(name, probe) for probes in parts for name, probe in probes.items()}


def database_answers(database: Database) -> None:
    """Raise Unavailable unless the database answers and its clock is within a minute of ours."""
    database.ping()
    if database.is_sqlite:
        return
    with database.reading() as session:
        theirs = session.scalar(select(func.now()))
    if theirs is None or abs(theirs - clock.wall()) > CLOCK_TOLERANCE:
        raise DatabaseUnavailable("the database's clock differs by more than a minute")


def _failing(probes: Mapping[str, Probe]) -> list[str]:
    return [name for name, probe in probes.items() if not _passes(name, probe)]


def _passes(name: str, probe: Probe) -> bool:
    try:
        probe()
    except Unavailable as error:
        log.warning("not ready", part=name, why=error.sentence)
        return False
    return True
