"""How quick whole pages of /admin are among many readers; a part of `python -m bench.admin`.

The product answers in this process, to an admin who has signed in with both factors. Each page is asked for twenty
times, that of a reader for twenty readers: half of them with subscriptions.
"""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.app import Product, create_product
from paywall.billing.subscriptions.tables import Subscription
from paywall.business.keeping.making import make_figures
from paywall.database import Database
from paywall.demo.content import ADMIN, TOTP_SECRET
from paywall.demo.place import Place
from paywall.publishers.profiles import choose
from paywall.readers.tables import Reader
from paywall.staff.acts import new_act
from paywall.staff.totp import code_at

ROUNDS = 20
Measure = Callable[[Callable[[], object]], tuple[float, float, float]]
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def report_pages(name: str, url: str, place: Place, measure: Measure) -> None:
    """Print a table of the pages of /admin over one database."""
    product = create_product(replace(place.settings(), database_url=url))
    _sum_up(product)
    client = _signed_in(product, place)
    print(f"\n### {name}, whole pages\n\n| page | p50 ms | p95 ms | CPU ms |\n| --- | ---: | ---: | ---: |")
    for what, paths in _pages(product.database).items():
        p50, p95, busy = measure(partial(_open_next, client, place.address, paths))
        print(f"| {what} | {p50:.1f} | {p95:.1f} | {busy:.1f} |", flush=True)
    product.database.close()


def _sum_up(product: Product) -> None:
    """Make the dashboard's figures, which the product's own job would make."""
    begin, profile = time.perf_counter(), choose(product.database, None)
    customers = make_figures(product.database, profile)
    print(f"\nfigures of {customers:,} customers made in {time.perf_counter() - begin:.1f} s")


def _open_next(client: FlaskClient, address: str, paths: list[str]) -> None:
    paths.append(path := paths.pop(0))
    answer = client.get(path, base_url=address)
    assert answer.status_code == 200, (path, answer.status_code)
    for _ in answer.response:
        pass


def _pages(database: Database) -> dict[str, list[str]]:
    with database.reading() as session:
        readers = _some(session)
    return {
        "Today": ["/admin"],
        "subscribers": ["/admin/subscribers"],
        "subscribers, active": ["/admin/subscribers?status=active"],
        "a reader": [f"/admin/subscribers/{reader}" for reader in readers],
        "dashboard, a year by month": ["/admin/dashboard"],
        "readership": ["/admin/readership"],
        "audit": ["/admin/audit"],
        "articles": ["/admin/articles"],
    }


def _some(session: Session) -> list[int]:
    half = ROUNDS // 2
    payers = session.scalars(select(Subscription.reader_id).order_by(Subscription.id.desc()).limit(half)).all()
    others = session.scalars(select(Reader.id).where(~Reader.is_staff).order_by(Reader.id.desc()).limit(half)).all()
    return [one for both in zip(payers, others, strict=True) for one in both]


def _signed_in(product: Product, place: Place) -> FlaskClient:
    client, address = product.flask.test_client(), place.address

    def send(path: str, **fields: str) -> None:
        token = _CSRF.search(client.get(path, base_url=address).text)
        assert token, path
        data = {"csrf_token": token[1], "act": new_act(), **fields}
        answer = client.post(path, data=data, base_url=address, headers={"Origin": address})
        assert answer.status_code == 303, (path, answer.status_code)

    send("/login", email=ADMIN, password=place.admin_password())
    send("/admin/second-factor", code=code_at(TOTP_SECRET, clock.wall()))
    return client
