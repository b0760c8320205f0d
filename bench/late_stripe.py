"""A stand-in Stripe that takes 0 to 400 ms for each answer and writes down what it was asked.

Served by `bench.serve` beside the product: the environment names its file and the file of what was asked.
"""

import os
import random
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from paywall.sandbox import Sandbox

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FILE, ASKED, SECONDS = "BENCH_STRIPE_FILE", "BENCH_STRIPE_ASKED", "BENCH_STRIPE_SECONDS"


def create_app() -> "WSGIApplication":
    """Return the stand-in over an account that was made before; it sends no webhooks."""
    sandbox = Sandbox(Path(os.environ[FILE]), "http://127.0.0.1", deliver=lambda *_: 200)
    asked = os.open(os.environ[ASKED], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    longest = float(os.environ[SECONDS])
    chance = random.Random(1)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/v1/"):
            os.write(asked, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}\n".encode())
            time.sleep(chance.uniform(0, longest))
        return sandbox.wsgi(environ, start_response)

    return answer
