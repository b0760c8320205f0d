"""Who reaches what in /admin: `python -m tests.proof.admin_roles`.

The table is made from the list of routes. Six kinds of people call each of them, in a newspaper of their own on one
service; forms are sent empty, and numbers in addresses are nobody's, so that where the door opens nothing is done.
Routes that everybody is answered alike stand under one line.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import fill

from paywall import logs
from paywall.admin.ground.routes import AdminRoute
from paywall.app import Product
from paywall.staff.rules import Role
from tests.admin.ground.every_call import Answered, answered, calls, designed
from tests.readers.browser import Browser
from tests.readers.papers import two_papers
from tests.staff.people import member, person

OTHER, READER, ANONYMOUS = "other's admin", "reader", "anonymous"
KINDS = (*Role, OTHER, READER, ANONYMOUS)
WORDS = {"open": "opens", "role": "403", "not there": "404", "sign in": "sign-in"}
_COLUMN = 15


@dataclass(frozen=True, slots=True)
class Row:
    """One route and method: what each kind of people was answered, and should have been."""

    route: AdminRoute
    method: str
    answers: Mapping[str, Answered]

    @property
    def words(self) -> tuple[str, ...]:
        """The door's answers in the order of the columns."""
        return tuple(WORDS.get(self.answers[kind].word, self.answers[kind].word) for kind in KINDS)

    @property
    def wrong(self) -> list[str]:
        """The kinds of people who got something else than they should."""
        return [kind for kind in KINDS if self.answers[kind].word != _designed(self.route, kind)]

    @property
    def called(self) -> str:
        """The route as a line has it."""
        return f"{self.method} /admin{self.route.path}".replace(" ", "\N{NO-BREAK SPACE}")


def table(product: Product) -> list[Row]:
    """Ask every route as everybody; the product has two newspapers, `news` and `other`, and nobody yet."""
    member(product, Role.ADMIN, "first@example.com")
    people: dict[str, Browser] = {role: member(product, role).browser for role in Role}
    people |= {OTHER: _other_admin(product), READER: person(product, "reader@example.com").browser}
    people |= {ANONYMOUS: Browser(product.flask)}
    return [
        Row(route, method, {kind: answered(people[kind], method, path) for kind in KINDS})
        for route, method, path in calls()
    ]


def shown(rows: list[Row]) -> Iterator[str]:
    """Yield the table line by line, the most open routes first; the last line counts."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(row.words, []).append(row)
    yield _line("", KINDS)
    for words, same in sorted(groups.items(), key=lambda one: -one[0].count("opens")):
        yield _line(f"{len(same)} routes", words)
        yield fill(", ".join(row.called for row in same), 118, initial_indent="    ", subsequent_indent="    ")
    yield f"behind the door: {_behind(rows)}"
    yield from (f"not as designed: {row.called} for {kind}" for row in rows for kind in row.wrong)
    asked, wrong = f"{len(rows)} routes x {len(KINDS)} kinds of people", sum(len(row.wrong) for row in rows)
    yield f"{asked} = {len(rows) * len(KINDS)} answers, {wrong} not as designed"


def _designed(route: AdminRoute, kind: str) -> str:
    if kind == ANONYMOUS:
        return "sign in"
    return "not there" if kind in (OTHER, READER) else designed(route, Role(kind))


def _behind(rows: list[Row]) -> str:
    opened = Counter(one.status for row in rows for one in row.answers.values() if one.word == "open")
    return ", ".join(f"{count} x {status}" for status, count in sorted(opened.items()))


def _line(first: str, words: tuple[str, ...]) -> str:
    return f"{first:<12}" + "".join(f"{word:<{_COLUMN}}" for word in words).rstrip()


def _other_admin(product: Product) -> Browser:
    """Return somebody who is an admin at the other newspaper, and has an account at this one."""
    member(product, Role.ADMIN, "them@example.com", "other")
    return person(product, "them@example.com").browser


def main() -> int:
    """Print the table; return 1 where an answer is not as designed."""
    logs.configure("critical")
    with (
        tempfile.TemporaryDirectory(prefix="paywall-admin-roles-") as folder,
        two_papers(f"sqlite:///{folder}/paywall.sqlite3") as product,
    ):
        rows = table(product)
    print("\n".join(shown(rows)))  # noqa: T201 - this is what the command is for
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())
