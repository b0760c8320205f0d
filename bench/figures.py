"""Every long figure in full, written to docs/figures.md as it was printed: `python -m bench.figures [NAME …]`.

With names only those are run and only their parts of the page are replaced. A figure that fails, or that prints what
it must not, is shown as failed; the command then ends with code 1.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from bench.figures_page import Part, machine, write

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "figures.md"
_STDERR_LINES = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """One command and what is asked of it."""

    name: str
    title: str
    what: str
    asked: str
    command: tuple[str, ...]
    """The arguments of python."""
    headline: str = ""
    """Lines of the output that hold this word stand in the overview."""
    refused: str = ""
    """A pattern that must not be found in the output, though the command ends well."""

    @property
    def is_there(self) -> bool:
        """False for a command that this checkout has not got."""
        return self.command[0] != "-m" or importlib.util.find_spec(self.command[1]) is not None


FIGURES = (
    Figure(
        "meter",
        "The meter",
        "Each of 64 threads tries an article of its own on each of 1,000 readers, on every store. "
        "The last three columns are what one call costs one thread, in microseconds.",
        "exactly 5 distinct articles for every reader, one view for 20 tabs of one article",
        ("-m", "bench.meter_contract"),
    ),
    Figure(
        "checkout",
        "The checkout race",
        "100 readers press the button five times at once, then pay on every page there is.",
        "one payment page, one customer and one subscription each; no click refused",
        ("-m", "bench.checkout_race"),
    ),
    Figure(
        "payments",
        "Webhook against return page",
        "Sign up, subscribe, pay; then webhook and browser come in both orders and at once.",
        "200 rounds: the article open at once, nothing doubled, every event closed",
        ("-m", "tests.proof.payment_races", "--rounds", "200"),
        headline="opened",
    ),
    Figure(
        "two-tabs",
        "Both tabs paid",
        "1,000 readers press the button five times at once, then pay on two pages at the same moment: the second one "
        "was left by an answer that got lost.",
        "0 readers with two live subscriptions, 0 charged twice; every second payment given back",
        ("-m", "bench.two_tabs"),
        headline="both tabs paid by",
    ),
    Figure(
        "simulation",
        "Made-up lives",
        "200 readers for 30 days: they subscribe, switch, pause, cancel; banks, dashboards, faults, restarts and a "
        "turned clock do the rest; events come late, twice and in any order. Every night every invariant is checked, "
        "access by a truth table that knows no rule of the product.",
        "0 invariants broken",
        ("-m", "tests.proof.simulation.run"),
        headline="readers: edges",
    ),
    Figure(
        "journeys",
        "The turns of a subscription",
        "Each turn as one journey over HTTP or in a real browser, against product and sandbox, by its test's name.",
        "all of them walk",
        ("-m", "bench.journeys"),
        headline="journeys:",
    ),
    Figure(
        "storm-sqlite",
        "A storm on the webhook, SQLite",
        "Deliveries shuffled and tripled while readers go on, all workers killed every 200 ms, three seeds.",
        "10,000 deliveries a seed: lost 0, doubled 0, wrong 0",
        ("-m", "tests.proof.storm", "--engine", "sqlite"),
        headline="in all",
    ),
    Figure(
        "storm-postgres",
        "A storm on the webhook, PostgreSQL",
        "The same on PostgreSQL.",
        "10,000 deliveries a seed: lost 0, doubled 0, wrong 0",
        ("-m", "tests.proof.storm", "--engine", "postgres"),
        headline="in all",
    ),
    Figure(
        "storm-restarts",
        "A storm while PostgreSQL is crash-restarted",
        "The same, and the server itself is crash-restarted three times in each storm, a second away each time; "
        "receiver and workers go on, and what is answered 503 is delivered again.",
        "10,000 deliveries a seed: lost 0, doubled 0, wrong 0",
        ("-m", "tests.proof.storm", "--engine", "postgres", "--restarts", "3"),
        headline="in all",
    ),
    Figure(
        "orders",
        "Every order of a story's events",
        "Five events of a sign-up, four of a refund with a dispute that is lost, four with one that is won: in every "
        "order, each a second time, the inbox worked off in between; everything stored is compared but row numbers.",
        "120, 24 and 24 orders on two databases: one final state each, access and minor units right",
        ("-m", "tests.proof.orders"),
        headline="orders x",
    ),
    Figure(
        "crash-points",
        "Crash points",
        "The process ends before its n-th statement, commit or request to Stripe, or the answer to its n-th request is "
        "lost, for every n there is; a fresh process, the user and the workers go on.",
        "every point recovered: nothing lost, nothing doubled, access as Stripe has it",
        ("-m", "tests.proof.crash_points"),
        headline="recovered",
    ),
    Figure(
        "outages",
        "The endpoint is away",
        "Readers subscribe, renew, cancel, are refunded and fail to pay while nobody takes their webhooks; then a "
        "process starts with its ordinary work.",
        "equal to Stripe within 5 minutes of the return, with no manual step",
        ("-m", "tests.proof.outages"),
        headline="equal to Stripe",
    ),
    Figure(
        "webhook-floods",
        "Floods on the webhook",
        "One event a thousand times by 32 threads at once; ten thousand wrong signatures.",
        "200 each and one row; 400 each and none, at the cost printed",
        ("-m", "tests.proof.webhook_floods"),
        headline="answered",
    ),
    Figure(
        "drift",
        "Planted drift",
        "Differences of 22 kinds between our books and Stripe, planted among 500 healthy subscriptions and 10 of other "
        "sellers, on SQLite and PostgreSQL; then everything is compared, in a dry run and in earnest.",
        "100 planted: 100 told, found and repaired, 0 false alarms",
        ("-m", "tests.proof.drift"),
        headline="planted 1",
    ),
    Figure(
        "mutants",
        "Wrong receivers",
        "Seven receivers of webhooks built the wrong way, each put in the product's place while the suite runs: every "
        "one gets the happy path right.",
        "mutants caught: 7 of 7, by the tests named; without a mutant nothing fails",
        ("-m", "tests.proof.mutants"),
        headline="mutants caught",
    ),
    Figure(
        "canary",
        "The canary",
        "The last sentence of every locked article, looked for raw and encoded in every answer to those who may not "
        "read it: pages, feeds, JSON-LD, errors, HEAD, prefetch, odd addresses and headers.",
        "on 0 surfaces; on the page of an entitled reader in the same run",
        ("-m", "tests.proof.canary"),
        headline="canary on",
    ),
    Figure(
        "leak-audit",
        "The leak audit",
        "Every locked article of the demo, knowing a sentence of it, with the cookie of a reader who has access, and "
        "knowing nothing; then newspaper pages that nobody here wrote, fetched for this run: as the wall cuts them, "
        "and with nothing but their visible paragraphs taken out.",
        "no leak in our demo, the control seen; none in pages that the wall cut, some in those cut by hand",
        ("-m", "bench.leak_audit"),
        headline="leak audit:",
    ),
    Figure(
        "planted-leaks",
        "Leaks planted by a stranger",
        "A newspaper with five leaks, written by someone who had not seen how the audit works and committed before its "
        "first run: audited by the command line, clean, with each leak alone and with all of them. What the first run "
        "missed is told.",
        "0 findings on the clean site; found at first and found now, both told",
        ("-m", "tests.proof.planted_leaks"),
        headline="planted 5",
    ),
    Figure(
        "ways-in",
        "Every way in",
        "A little site for each way in of the guides, made by its example and really served. All who may not read a "
        "locked article ask for it, each in some hundred ways: addresses, methods, headers, hosts. The refunded come "
        "last, with every cookie and pass of before, when passes have ended. The script tag's row is its own figure.",
        "the canary on 0 surfaces of each way; an entitled reader sees it on every page",
        ("-m", "tests.proof.ways.ways_in"),
        headline="ways in:",
    ),
    Figure(
        "ways-outage",
        "The service is away for a minute",
        "Payers and visitors go on reading by every way in while the service is stopped, and while the database is "
        "crash-stopped under a site with the whole product in its process. Half of the payers have passes that fall "
        "due for renewal meanwhile; keys that sites keep fall due every other second.",
        "0 payers locked out where the guide says that they read on, 0 visitors let in, every request a page",
        ("-m", "tests.proof.ways.outage", "--seconds", "60"),
        headline="s away:",
    ),
    Figure(
        "outgoing",
        "Hostile addresses",
        "What outsiders may name as the address of their webhook: private and reserved addresses in every spelling, "
        "names that lead there or change their mind, addresses that two read in two ways; then every redirect.",
        "more than 40 tried, 0 connections inwards",
        ("-m", "tests.proof.outgoing"),
        headline="hostile addresses:",
    ),
    Figure(
        "nginx-cache",
        "Readers in turn through a cache",
        "Payers, visitors past their allowance and visitors re-reading ask for the same articles in turn, 16 at a "
        "time, through a real nginx that caches what may be cached.",
        "10,000 readers: 0 crossings, 0 articles from the cache; the style sheet is kept",
        ("-m", "tests.proof.nginx_cache"),
        headline="alternating readers",
    ),
    Figure(
        "nginx",
        "nginx recipes",
        "nginx serving 8 KB articles from files, beside the same with each recipe; what it asks runs on its core, the "
        "load comes from the other.",
        "no call per page: at least 0.6 of plain files; asking each time: its cost shown",
        ("-m", "bench.nginx"),
    ),
    Figure(
        "interface",
        "Made-up calls of the interface",
        "schemathesis calls every operation of /v1 with what its own description allows and with what it does not.",
        "2,000 calls or more: 0 x 5xx, 0 answers not as described",
        ("-m", "tests.proof.schemathesis_run", "--examples", "150"),
        headline="answers not as described",
    ),
    Figure(
        "admin",
        "/admin among a million readers",
        "1,000,000 readers, 300,000 subscriptions and 5,000,000 views from a seeded generator, on both databases: the "
        "list's first page by filter, sort and search, whole pages, an export of everybody.",
        "shown: p95 of each, plans of the slowest queries, time and peak memory of the export",
        ("-m", "bench.admin", "--readers", "1000000"),
    ),
    Figure(
        "import",
        "An import of 100,000 subscribers",
        "The commands that a publisher runs on a file of 100,000 lines, each a process of its own.",
        "shown: time and memory; every line once, the same file again changes nothing",
        ("-m", "bench.importing", "--rows", "100000"),
    ),
    Figure(
        "roles",
        "Who reaches what in /admin",
        "A table made from the list of routes: each is called as viewer, support, admin, another newspaper's admin, "
        "a reader and somebody who is not signed in. Routes that all are answered alike stand together.",
        "0 answers not as designed",
        ("-m", "tests.proof.admin_roles"),
        headline="kinds of people =",
    ),
    Figure(
        "admin-pages",
        "Every page of /admin in a browser",
        "An admin of the demo, where readers have come and paid, walks over every link: axe-core by day on a desk and "
        "by night on a phone, the browser's own reports of the content security policy, and errors of scripts.",
        "0 violations, 0 reports, 0 errors, nothing wider than a phone",
        ("-m", "tests.proof.admin_pages"),
        headline="axe-core:",
    ),
    Figure(
        "admin-calls",
        "Made-up requests to /admin",
        "An admin walks over every link of /admin, takes every form along, and sends them with hostile values, on both "
        "databases.",
        "10,000 requests on each: 0 x 5xx",
        ("-m", "tests.proof.admin_calls"),
        headline="x 5xx",
    ),
    Figure(
        "other-publisher",
        "Another publisher's keys and cookies",
        "Every route there is, with a key or the cookies of another publisher of the same service; then the same calls "
        "with the publisher's own key.",
        "0 wrong: 404 or 403 for each, or what a stranger gets; the own key is refused nothing",
        ("-m", "tests.proof.other_publisher"),
        headline="wrong",
    ),
    Figure(
        "telling",
        "Telling publishers of changes",
        "A thousand changes of access for three endpoints: one answers at once, one after five seconds, one never; a "
        "worker is killed every three seconds. Then the other two come round.",
        "lost 0 at all three; the quick one is not kept waiting by the others",
        ("-m", "tests.proof.telling"),
        headline="telling on",
    ),
    Figure(
        "stripe-triggers",
        "Stripe's own scripts against the sandbox",
        "Every script of Stripe's command line tool (npm: @stripe/cli), run offline: has the event happened?",
        "every script passes that concerns customers, products, prices, payments, refunds, disputes, invoices, "
        "subscriptions, schedules, setup intents, coupons, tax rates, test clocks; the others are named and why",
        ("-m", "bench.stripe_triggers"),
        headline="scripts:",
    ),
    Figure(
        "times",
        "Known and unknown addresses",
        "Medians of 40 answers of each form that must not tell whether an address has an account.",
        "less than 10 % apart",
        ("-m", "bench.equal_times", "40"),
        refused=r"[1-9]\d+\.\d% apart",
    ),
    Figure(
        "articles",
        "Gated articles",
        "Requests a second and processor time, beside the same article by Flask alone and by Flask the usual way.",
        "the ratios in the table",
        ("-m", "bench.articles"),
        refused=r"\*\*missed\*\*",
    ),
    Figure(
        "check",
        "The check of other sites",
        "A publisher's server asks /v1/check by its secret key about 10,000 visitors and 10,000 readers over 1,000 "
        "articles, beside Flask alone saying hello in JSON: one worker on one core, the load from the other.",
        "at least twice Flask's hello",
        ("-m", "bench.check"),
        headline="all three in turn",
    ),
    Figure(
        "middleware",
        "A site behind the middleware",
        "A publisher's own article in Flask, 1,000 articles and 10,000 cookies, behind the wall in the same process or "
        "with the remote client, beside the same application without it: one worker on one core, the load from the "
        "other. A site that says the version of a page is not asked to render it again.",
        "at least as fast as the application alone",
        ("-m", "bench.middleware"),
        headline="says its version",
    ),
    Figure(
        "crawlers",
        "Telling crawlers apart",
        "What it costs visitors that every one of them is asked whether it claims to be a search engine's crawler.",
        "at most 2 % of an answer",
        ("-m", "bench.crawlers"),
        headline="dearer by",
        refused=r"\*\*missed\*\*",
    ),
    Figure(
        "acknowledgement",
        "Acknowledging webhooks",
        "A stream of shuffled, tripled events at the served product, which works them off in the same process while "
        "Stripe takes 0 to 400 ms for each answer.",
        "99 of 100 answered within 100 ms; at most 0.5 reads of Stripe an event",
        ("-m", "bench.acknowledgement"),
    ),
    Figure(
        "intake",
        "Webhook intake",
        "Distinct, rightly signed events, beside a view of Flask alone with one insert and one commit, on the same "
        "database: one worker on one core, the load from the other.",
        "at least 0.7 times the bare view, on SQLite and PostgreSQL",
        ("-m", "bench.intake"),
    ),
    Figure(
        "embed",
        "The script tag",
        "Its size as served, the layout shift that Chromium measures when the rest or the invitation comes, and the "
        "last sentence of each article looked for, raw and encoded, in every answer that a browser gets and in the "
        "page as it then stands: visitor, allowance spent, no subscription, refunded, expired, script blocked, no "
        "JavaScript, spoofed crawler, forged prefetch.",
        "at most 5 KB compressed; no shift with the guide's one line of CSS; the canary on 0 surfaces, and on every "
        "page of a subscriber",
        ("-m", "bench.embed"),
        headline="canary on",
    ),
    Figure(
        "real-input",
        "Real input",
        "Feeds and newspaper pages that nobody here wrote, fetched for this run and read through the wall.",
        "every feed imported or refused with a reason, at least 15 pages imported, nothing half-stored",
        ("-m", "bench.real_input"),
    ),
    Figure(
        "cut-pages",
        "Newspaper pages through the middleware",
        "Pages of newspaper4k's archive, fetched for this run, each with the selector that its publisher would choose, "
        "written down before. Text after the cut is looked for in all that is sent; milliseconds for the first answer "
        "of a page, and for every further one.",
        "at least 20 pages: nothing after the cut is left in text, JSON-LD, meta or scripts; opened, all is there",
        ("-m", "bench.cut_pages"),
        headline="sentences after the cut",
    ),
)


def main(arguments: Sequence[str] | None = None, figures: Sequence[Figure] = FIGURES, page: Path = PAGE) -> int:
    """Run what was named, or all; return 1 if any failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(figure.name for figure in figures))
    names: list[str] = parser.parse_args(arguments).names
    unknown = set(names) - {figure.name for figure in figures}
    if unknown:
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    chosen = [figure for figure in figures if figure.is_there and (not names or figure.name in names)]
    order = [figure.title for figure in figures]
    failed = []
    with _progress() as progress:
        for figure in chosen:
            part = _measure(figure, progress)
            write(page, part, order)
            failed += [] if part.is_met else [figure.name]
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return int(bool(failed))


def _progress() -> Progress:
    columns = SpinnerColumn(finished_text="·"), TextColumn("{task.description}"), TimeElapsedColumn()
    return Progress(*columns, TextColumn("[dim]{task.fields[line]}"), console=Console(stderr=True))


def _measure(figure: Figure, progress: Progress) -> Part:
    task = progress.add_task(figure.title, total=1, line="")
    began = time.monotonic()
    code, output = run(figure.command, lambda line: _show(progress, task, line))
    seconds = time.monotonic() - began
    is_met = code == 0 and not (figure.refused and re.search(figure.refused, output))
    progress.update(task, completed=1, line="met" if is_met else "failed")
    return Part(
        title=figure.title,
        what=figure.what,
        command=f"python {' '.join(figure.command)}",
        asked=figure.asked,
        output=output,
        is_met=is_met,
        headline=_headline(figure, output),
        measured=f"{machine()}, {seconds:,.0f} s",
    )


def _show(progress: Progress, task: TaskID, line: str) -> None:
    progress.update(task, line=line[:80])


def _headline(figure: Figure, output: str) -> str:
    fitting = [line for line in output.splitlines() if figure.headline and figure.headline in line]
    return "; ".join(fitting)


def run(command: Sequence[str], on_line: Callable[[str], object] = lambda _: None) -> tuple[int, str]:
    """Run python with these arguments; return its exit code and what it printed, with its last errors if it failed."""
    environ = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            on_line(lines[-1])
        code = process.wait()
        errors.seek(0)
        if code:
            lines += errors.read().splitlines()[-_STDERR_LINES:]
    return code, "\n".join(lines).replace(f"{ROOT}/", "").strip("\n")


if __name__ == "__main__":
    sys.exit(main())
