"""Made-up requests to /admin: `python -m tests.proof.admin_calls --calls 10000`.

An admin walks from page to page over its links and takes every form along. Then forms are sent and addresses opened at
random, half of them as they are, half with hostile values in one field to three, some left out, some twice. From time
to time the walk is begun anew, with another admin and another subscriber, since erasing and removing are among what is
called. No answer may be a 5xx.
"""

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

from bench.checkout_race import new_publisher
from bench.engines import postgres
from paywall import logs
from paywall.billing.catalogue.archiving import archived_plans, bring_plan_back
from paywall.billing.catalogue.putting_on_sale import set_up_plan
from paywall.billing.setting_up.account import set_up_stripe
from paywall.publishers.rules import Profile
from paywall.publishers.tables import Publisher
from paywall.staff.rules import Role
from tests.billing.shop import DIGITAL, MONTHLY, Shop
from tests.browser.admin.walk import HOME, route_of
from tests.proof.buying import buy
from tests.proof.stage import ARTICLE, RunningTime, Stage, open_stage
from tests.staff.people import Person, member

HOSTILE = (
    "", " ", "\0", "0", "-1", "1e309", "NaN", "9" * 400, "99999999999999999999", "2147483648", "0x10", "١٢٣", "½",
    "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "1969-12-31", "2026-11-27T25:61", "24:00", "Mars/Olympus",
    "' OR 1=1 --", "\\", "%", "_", "%00", "{{7*7}}", "{0.__class__}", "%s%n", "<script>alert(1)</script>", "=1+1",
    "a@b", "a" * 5_000 + "@example.com", "ad\u0131@example.com", "\U0001f600", "\u202eabc", "\ufeff", "a\r\nX: 1",
    "../../etc/passwd", "//evil.example", "javascript:alert(1)", "https://127.0.0.1/", "http://[::1", "sub_",
    "cus_" + "x" * 300, "[]", "{}", "null", "true", "on", "EUR", "ZZZ", "admin", "viewer", "*", "٣", "1,5", "1.005",
    "-0.01", "1" + "0" * 30,
)  # fmt: skip
ROUND = 500
"""Requests after which the walk is begun anew."""


@dataclass(frozen=True)
class Form:
    """What can be sent: an address, and its fields with what stands in them."""

    method: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass
class Tried:
    """What was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, form: Form, answer: TestResponse) -> None:
        """Count an answer; keep what was asked if it is a 5xx."""
        self.statuses[answer.status_code] += 1
        self.routes[_shape(form.path)] += 1
        if answer.status_code >= 500:
            self.failures.append(f"{answer.status_code} {form}"[:600])

    def __str__(self) -> str:
        statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.statuses.items()))
        total = (
            f"{self.statuses.total():,} requests to {len(self.routes)} addresses of /admin: {len(self.failures)} x 5xx"
        )
        return "\n".join([*self.failures[:10], f"answers: {statuses}", total])


def try_calls(database_url: str, publisher: Profile, folder: Path, calls: int, seed: int = 7) -> Tried:
    """Make so many requests of the product over a database that has its tables and a publisher."""
    dice, tried, numbers = random.Random(seed), Tried(), count(1)
    with open_stage(database_url, publisher, folder, RunningTime()) as stage:
        while (left := calls - tried.statuses.total()) > 0:
            admin = _somebody(stage, next(numbers))
            forms = _by_shape(_walk(admin))
            for _ in range(min(left, ROUND)):
                form = _spoiled(dice.choice(dice.choice(forms)), dice)
                answer = _send(admin, form)
                tried.note(form, answer)
                if urlsplit(answer.location or "").path in ("/login", f"{HOME}/second-factor", f"{HOME}/password"):
                    admin = _somebody(stage, next(numbers))
    return tried


def _somebody(stage: Stage, number: int) -> Person:
    """Return an admin, with a new subscriber beside."""
    _put_on_sale(stage.shop)
    buy(stage.shop, stage.shop.browser(), MONTHLY, ARTICLE)
    stage.settle()
    return member(stage.shop.product, Role.ADMIN, f"admin{number}@example.com", stage.shop.publisher.slug)


def _put_on_sale(shop: Shop) -> None:
    """Sell again what the admins before may have taken off sale, here and at Stripe."""
    with shop.database.writing() as session:
        for plan in archived_plans(session, shop.publisher.id):
            bring_plan_back(session, shop.publisher.id, plan.slug)
        set_up_plan(session, session.get_one(Publisher, shop.publisher.id), DIGITAL)
    set_up_stripe(shop.database, shop.gateway, shop.publisher, None)


def _walk(admin: Person) -> Iterator[Form]:
    waiting, seen = {HOME}, set[str]()
    while waiting:
        path = waiting.pop()
        seen.add(_shape(path))
        answer = admin.browser.get(path)
        yield Form("GET", path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        tree = LexborHTMLParser(answer.text)
        yield from _forms(tree, path)
        links = {node.attributes.get("href") or "" for node in tree.css("a[href]")}
        waiting |= {to for to in links if to.startswith(HOME) and route_of(to) and _shape(to) not in seen}


def _by_shape(forms: Iterator[Form]) -> list[list[Form]]:
    """Return the forms so that a page with many of a kind has no more of the requests than one with few."""
    kinds: dict[tuple[str, str], list[Form]] = {}
    for form in forms:
        kinds.setdefault((form.method, _shape(form.path)), []).append(form)
    return [kinds[kind] for kind in sorted(kinds)]


def _shape(path: str) -> str:
    """Return an address of which one is enough."""
    return re.sub(r"=[^&]*", "=", re.sub(r"\d+", "0", path))


def _forms(tree: LexborHTMLParser, here: str) -> Iterator[Form]:
    for form in tree.css("form"):
        path = form.attributes.get("action") or here
        method = (form.attributes.get("method") or "get").upper()
        if path.startswith(HOME) and method in ("GET", "POST"):
            yield Form(method, path, tuple(_fields(form)))


def _fields(form: LexborNode) -> Iterator[tuple[str, str]]:
    for node in form.css("input[name], select[name], textarea[name], button[name]"):
        name = node.attributes["name"] or ""
        options = [option.attributes.get("value") or "" for option in node.css("option")]
        yield name, next(iter(options), node.attributes.get("value") or node.text())


def _spoiled(form: Form, dice: random.Random) -> Form:
    """Return the form with a value or three that nobody would type, or as it is."""
    fields, path = dict(form.fields), form.path
    if form.method == "GET" and not fields and dice.random() < 0.3:
        fields = {dice.choice(("q", "after", "before", "page", "from", "to", "sort")): ""}
    if dice.random() < 0.2:
        path = re.sub(r"\d+", lambda _: dice.choice(("0", "999999", "9" * 19, "9" * 30)), path, count=1)
    for name in dice.sample(sorted(fields), min(len(fields), dice.choice((0, 0, 1, 2, 3)))):
        fields[name] = dice.choice(HOSTILE)
    if fields and dice.random() < 0.1:
        fields.pop(dice.choice(sorted(fields)))
    return Form(form.method, path, tuple(fields.items()))


def _send(admin: Person, form: Form) -> TestResponse:
    fields = {name: value for name, value in form.fields if name not in ("csrf_token", "act")}
    if form.method == "POST":
        return admin.act(form.path, fields)
    joint = "&" if "?" in form.path else "?"
    return admin.browser.get(f"{form.path}{joint}{urlencode(fields)}" if fields else form.path)


def main() -> int:
    """Make the requests on both databases; return 1 if one answer is a 5xx."""
    logs.configure("critical")  # what goes wrong on the way is meant to
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    words.add_argument("--calls", type=int, default=10_000)
    words.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    chosen = words.parse_args()
    is_good = True
    for engine in chosen.engine or ["sqlite", "postgres"]:
        tried = _on(engine, chosen.calls)
        print(f"{engine}: {tried}", flush=True)  # noqa: T201 - this is what the command is for
        is_good = is_good and not tried.failures
    return int(not is_good)


def _on(engine: str, calls: int) -> Tried:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paywall-admin-calls-")))
        url = postgres(stack, folder) if engine == "postgres" else f"sqlite:///{folder / 'paywall.sqlite3'}"
        return try_calls(url, new_publisher(url), folder, calls)


if __name__ == "__main__":
    sys.exit(main())
