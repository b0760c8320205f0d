"""The demo as it is served, and a reader of it who may read everything: what the leak audit is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from paywall import schema
from paywall.database import Database
from paywall.demo.place import Place
from paywall.entitlements.comps import give_comp
from paywall.readers.finding import find_reader
from paywall.readers.tables import Reader
from paywall.wall.audit import Limits, Plan, Report, audit
from tests.browser.conftest import serve_demo
from tests.browser.demo import Demo
from tests.readers.browser import PASSWORD, csrf_token_in

EMAIL = "auditor@example.org"
LIMITS = Limits(requests=1_000, per_second=1_000)
MODES = ("canary", "cookie", "neither")


@dataclass(frozen=True)
class AuditedDemo:
    """A served demo; `cookie` is the Cookie header of a reader who may read everything."""

    demo: Demo
    cookie: str

    def audit(self, path: str, canary: str, mode: str) -> Report:
        """Audit an article knowing its text (and a reader), a reader only, or nothing."""
        canaries = (canary,) if mode == "canary" else ()
        cookie = "" if mode == "neither" else self.cookie
        return audit(Plan(self.demo.address + path, canaries, cookie, limits=LIMITS))


@contextmanager
def audited_demo(folder: Path) -> Iterator[AuditedDemo]:
    """Serve the demo from an empty folder, with such a reader."""
    with serve_demo(folder) as demo:
        cookie = _sign_up(demo.address)
        _let_in(Place(folder, demo.address).settings().database_url)
        yield AuditedDemo(demo, cookie)


def _sign_up(address: str) -> str:
    with httpx.Client(base_url=address, timeout=30) as browser:
        token = csrf_token_in(browser.get("/signup").text)
        browser.post("/signup", data={"csrf_token": token, "email": EMAIL, "password": PASSWORD})
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def _let_in(database_url: str) -> None:
    schema.load_tables()
    database = Database(database_url)
    with database.writing() as session:
        publisher_id = session.query(Reader).filter_by(email=EMAIL).one().publisher_id
        reader = find_reader(session, publisher_id, EMAIL)
        give_comp(session, publisher_id, reader.id, days=1, reason="reads for the audit", actor="test")
    database.close()
