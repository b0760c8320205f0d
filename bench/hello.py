"""What `/v1/check` is measured against: Flask alone, answering two words of JSON."""

from flask import Flask, Response, jsonify, request


def create_app() -> Flask:
    """Return an application that says hello: to everybody, or to whom the body of a POST names."""
    app = Flask("hello")

    @app.get("/hello")
    def hello() -> Response:
        return jsonify(hello="world")

    @app.post("/hello")
    def hello_you() -> Response:
        return jsonify(hello=request.get_json()["article"])

    return app
