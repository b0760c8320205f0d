"""`paywall staff`: how the first admin gets in, who works there, and who no longer does."""

import os
import re

from sqlalchemy import select

from paywall import clock
from paywall.database import Database
from paywall.outbox import OutboxMail
from paywall.publishers.profiles import choose
from paywall.readers.accounts import open_account
from paywall.readers.email_address import parse_email
from paywall.staff.invitations import accept
from tests.cli.operator import Run

ADA = "ada@news.test"
LINK = re.compile(r"https://news\.test/join-staff/([\w-]+)")


def joins(database: Database, email: str, token: str) -> None:
    """Open an account and accept the invitation with it."""
    with database.writing() as session:
        reader = open_account(session, choose(database, "news").id, parse_email(email), None)
        assert reader
        accept(session, reader, token, clock.wall())


def here() -> Database:
    """Return the database that the commands work on."""
    return Database(os.environ["PAYWALL_DATABASE_URL"])


def invited(run: Run, email: str, role: str) -> str:
    found = LINK.fullmatch(run("staff", "add", "news", email, "--role", role).stdout.strip())
    assert found
    return found[1]


def test_adding_prints_the_link_alone_and_mails_the_same(run: Run) -> None:
    token = invited(run, ADA, "admin")
    with here().reading() as session:
        mail = session.scalars(select(OutboxMail)).one()
    assert (mail.kind, LINK.findall(mail.text)) == ("staff_invitation", [token])


def test_nobody_is_on_the_staff_before_accepting(run: Run) -> None:
    token = invited(run, ADA, "admin")
    nobody = run("staff", "list", "news")
    assert (nobody.stdout, nobody.stderr[:24]) == ("", "Nobody works there yet; ")
    joins(here(), ADA, token)
    assert run("staff", "list", "news").stdout.split() == ["admin", "no", "second", "factor", ADA]


def test_the_last_admin_stays_until_there_is_another(run: Run) -> None:
    joins(here(), ADA, invited(run, ADA, "admin"))
    assert run("staff", "remove", "news", ADA).exit_code == 1
    joins(here(), "bea@news.test", invited(run, "bea@news.test", "admin"))
    assert run("staff", "remove", "news", ADA).exit_code == 0
    assert ADA not in run("staff", "list", "news").stdout


def test_whoever_works_there_already_is_not_invited_again(run: Run) -> None:
    joins(here(), ADA, invited(run, ADA, "admin"))
    again = run("staff", "add", "news", ADA, "--role", "viewer")
    assert (again.exit_code, "works here already" in again.stderr) == (1, True)
