"""The hosted newspaper."""

from flask import Flask

from paywall.newsroom import assets, frame


def install(app: Flask) -> None:
    """Put the newspaper's pages, and the frame that every page stands in, into `app`."""
    frame.install(app)
    app.register_blueprint(assets.blueprint)
