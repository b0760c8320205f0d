"""The hosted newspaper, as one thing to install."""

from flask import Flask

from paywall.newsroom import assets, feeds, frame, pages


def install(app: Flask) -> None:
    """Put the newspaper's pages, and the frame that every page stands in, into `app`."""
    frame.install(app)
    for room in (assets, pages, feeds):
        app.register_blueprint(room.blueprint)
