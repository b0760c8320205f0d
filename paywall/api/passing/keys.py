"""`/.well-known/jwks.json`: the public keys by which anybody verifies passes of the publisher at this host."""

from typing import cast

from flask import Blueprint, Flask, Response, current_app, jsonify

from paywall import clock
from paywall.gate.signed_passes.keychain import Keychain
from paywall.web import current

blueprint = Blueprint("pass_keys", __name__)

PATH = "/.well-known/jwks.json"
_CACHED_SECONDS = 300
_KEY = "paywall.keychain"


@blueprint.get(PATH)
def keys() -> Response:
    """Answer with the JWK set; a key is in it a day before it signs, and a day after."""
    keychain = cast(Keychain, current_app.extensions[_KEY])
    response = jsonify({"keys": keychain.public_keys(current.publisher().id, clock.wall())})
    response.mimetype = "application/jwk-set+json"
    response.headers["Cache-Control"] = f"public, max-age={_CACHED_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Host")
    return response


def install(app: Flask, keychain: Keychain) -> None:
    """Give `app` the route."""
    app.extensions[_KEY] = keychain
    app.register_blueprint(blueprint)
