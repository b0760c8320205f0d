"""What `/v1/check` is measured against: Flask alone, answering two words of JSON."""

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    """Return an application that says hello to everybody."""
    app = Flask("hello")

    @app.route("/hello", methods=["GET", "POST"])
    def hello() -> Response:
        return jsonify(hello="world")

    return app
