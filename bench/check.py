"""How fast `/v1/check` is answered, beside Flask alone saying hello in JSON.

`python -m bench.check` prints a table: a publisher's server asks with its secret key about 10,000 visitors and 10,000
readers over 1,000 articles; one worker on one core, the load from the other, views counted in SQLite. Rounds are
interleaved, each figure is a median.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench import newspaper
from bench.load import Served, Shot, median, shoot, start
from bench.newspaper import ALLOWANCE, ARTICLES, BROWSERS, SECRET, Newspaper
from paywall import clock
from paywall.database import Database
from paywall.entitlements.rules import Standing
from paywall.gate import passes
from paywall.gate.named.people import name_of_visitor, visitors_key
from paywall.gate.passes import Pass
from paywall.gate.terms import Terms
from paywall.meter.engines import open_store
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import Scope
from paywall.readers.tables import SignIn
from paywall.serving import free_port

HOST = "127.0.0.1"
ASKED = 2.0
Question = dict[str, str]
_SCRIPT = """
local requests, at = {}, 0
for line in io.lines("%s") do requests[#requests + 1] = line end
local headers = {Host = "%s", Authorization = "Bearer %s", ["Content-Type"] = "application/json"}
function init(args)
  for i, one in ipairs(requests) do
    if "%s" == "POST" then requests[i] = wrk.format("POST", "%s", headers, one)
    else requests[i] = wrk.format("GET", "%s" .. one, headers) end
  end
end
function request() at = at %% #requests + 1 return requests[at] end
"""


@dataclass(slots=True)
class Case:
    """One kind of question, or hello."""

    name: str
    server: Served
    key: str
    method: str
    path: str
    questions: list[Question]
    asked: float | None = None
    shots: list[Shot] = field(default_factory=list)

    def shoot(self, seconds: int) -> Shot:
        """Measure once."""
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder, "requests")
            write = json.dumps if self.method == "POST" else lambda question: f"?{urlencode(question)}"
            lines.write_text("".join(f"{write(question)}\n" for question in self.questions))
            script = _SCRIPT % (lines, HOST, self.key, self.method, self.path, self.path)
            return shoot(self.server, script, seconds, 1)

    @property
    def median(self) -> Shot:
        """The medians of all shots."""
        return median(self.shots)


def main() -> int:
    """Measure and report; return 1 if a ratio is less than asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    with ExitStack() as stack:
        cases = _cases(stack)
        _ask_once(cases[-1])
        for _ in range(options.rounds):
            for case in cases:
                case.shots.append(case.shoot(options.seconds))
    print(f"{'/v1/check by a secret key, SQLite':52}{'requests/s':>11}{'/ hello':>9}{'CPU µs':>8}   asked")
    hello = {case.method: case for case in cases if case.path == "/hello"}
    ratios = [_print(case, hello[case.method]) for case in cases]
    return int(any(case.asked and ratio < case.asked for case, ratio in zip(cases, ratios, strict=True)))


def _ask_once(case: Case) -> None:
    """Ask every question once, so that every reader has been asked about as in any other minute."""
    connection = HTTPConnection(HOST, case.server.port, timeout=30)
    headers = {"Host": HOST, "Authorization": f"Bearer {case.key}"}
    for question in case.questions:
        connection.request("GET", f"{case.path}?{urlencode(question)}", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    connection.close()


def _print(case: Case, hello: Case) -> float:
    ratio = case.median.per_second / hello.median.per_second
    asked = f">= {case.asked:g}" if case.asked else ""
    print(f"{case.name:52}{case.median.per_second:>11,.0f}{ratio:>9.2f}{case.median.cpu_microseconds:>8.1f}   {asked}")
    return ratio


def _cases(stack: ExitStack) -> list[Case]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    paper = newspaper.found(folder, HOST)
    meter = f"sqlite:///{folder}/meter.sqlite3"
    _spend_allowances(paper, meter)
    key = _prepare(paper)
    hello = _start(stack, "bench.hello:create_app", paper, meter)
    product = _start(stack, "paywall.app:create_served_app", paper, meter)
    spent, again, payers = _spent(), _again(), _payers(paper)
    mix = [one for three in zip(spent, again, payers, strict=True) for one in three]

    def case(name: str, method: str, questions: list[Question], asked: float | None = None) -> Case:
        return Case(f"{method} {name}", product, key, method, "/v1/check", questions, asked)

    return [
        Case("GET Flask alone says hello", hello, key, "GET", "/hello", [{}]),
        Case("POST Flask alone reads JSON and says hello", hello, key, "POST", "/hello", mix),
        case("visitors past the allowance", "GET", spent),
        case("visitors re-reading", "GET", again),
        case("payers by reader token", "GET", payers),
        case("all three in turn", "POST", mix, ASKED),
        case("all three in turn", "GET", mix, ASKED),
    ]


def _spent() -> list[Question]:
    unread = [number for number in range(1, ARTICLES, 2) if number > 2 * ALLOWANCE]
    return [{"article": f"story-{unread[n % len(unread)]}", "visitor": _visitor(n)} for n in range(BROWSERS)]


def _again() -> list[Question]:
    return [{"article": f"story-{2 * (n % ALLOWANCE) + 1}", "visitor": _visitor(n)} for n in range(BROWSERS)]


def _payers(paper: Newspaper) -> list[Question]:
    """Return questions about readers by tokens that are an hour old."""
    now, until = clock.wall() - timedelta(hours=1), clock.now() + timedelta(days=30)
    seconds, key = passes.whole_seconds, passes.pass_key(SECRET)
    facts = Pass(paper.profile.id, 0, 0, 0, Standing.SUBSCRIBED, False, seconds(until), seconds(now), passes.NOT_MERGED)
    return [
        {"article": f"story-{n % ARTICLES}", "reader": passes.mint(key, facts._replace(reader_id=n, sign_in_id=n))}
        for n in range(1, BROWSERS + 1)
    ]


def _visitor(number: int) -> str:
    return f"visitor-{number:05}"


def _spend_allowances(paper: Newspaper, meter_url: str) -> None:
    """Let every visitor have read the first three metered articles."""
    store, terms, key = open_store(meter_url), Terms(paper.profile, "news"), visitors_key(SECRET)
    window, seed = terms.window(clock.now()), terms.counted_as("vseed")
    for number in range(ALLOWANCE):
        store.admit(seed, f"story-{2 * number + 1}", ALLOWANCE, window)
    for number in range(BROWSERS):
        store.unite(seed, terms.counted_as(name_of_visitor(key, paper.profile.id, _visitor(number))), window)


def _prepare(paper: Newspaper) -> str:
    """Sign every reader in, and return a key that may ask as often as it likes."""
    database = Database(paper.database_url)
    new = NewKey("bench", frozenset({Scope.CHECK}), calls_per_second=10_000_000)
    with database.writing() as session:
        session.add_all(
            SignIn(id=n, reader_id=n, token_hash=f"hash-{n}", created_at=clock.wall(), user_agent="")
            for n in range(1, BROWSERS + 1)
        )
        key = create_key(session, paper.profile.id, new, actor="bench")
    database.close()
    return key


def _start(stack: ExitStack, target: str, paper: Newspaper, meter: str) -> Served:
    environment = {
        "PAYWALL_ENV": "test",
        "PAYWALL_SECRET_KEY": SECRET,
        "PAYWALL_BASE_URL": f"http://{HOST}",
        "PAYWALL_DATABASE_URL": paper.database_url,
        "PAYWALL_METER_URL": meter,
        "PAYWALL_LOG_LEVEL": "error",
    }
    server = start(target, free_port(HOST), 1, 0, environment)
    stack.callback(server.stop)
    return server


if __name__ == "__main__":
    sys.exit(main())
