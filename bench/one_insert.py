"""What the webhook is measured against: a view of Flask alone that keeps one row for what was posted, and commits."""

import os
from datetime import datetime
from uuid import uuid4

from flask import Flask, request
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from paywall import clock
from paywall.database import Database, UtcDateTime


class Own(DeclarativeBase):
    """Tables that the product has not."""


class Kept(Own):
    """What was posted, by a name of its own."""

    __tablename__ = "kept"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def create_app() -> Flask:
    """Return an application that answers `POST /webhooks/stripe`, over the product's database and engine."""
    app = Flask("one insert")
    database = Database(os.environ["PAYWALL_DATABASE_URL"])
    Own.metadata.create_all(database.engine)

    @app.post("/webhooks/stripe")
    def keep() -> str:
        session = database.session()
        session.add(Kept(name=uuid4().hex, size=len(request.get_data()), at=clock.wall()))
        session.commit()
        return "ok\n"

    @app.teardown_request
    def _let_go(_error: BaseException | None) -> None:
        database.session.remove()

    return app
