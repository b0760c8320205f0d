"""`paywall ledger` and `paywall refund`: what the accountant needs, and giving money back."""

import csv
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from paywall.cli.context import Context

if TYPE_CHECKING:
    from paywall.billing.ledger.months import Line, Totals
    from paywall.publishers.rules import Profile

_COLUMNS = ("at", "kind", "invoice", "number", "currency", "amount", "tax", "stripe_id")


@click.command()
@click.option("--month", required=True, metavar="YYYY-MM", help="The calendar month in the publisher's time zone.")
@click.option("--publisher", metavar="SLUG", help="Whose books; needed where there are several.")
@click.option("--csv", "as_csv", is_flag=True, help="Every movement as a line of CSV, instead of the sums.")
@click.pass_obj
def ledger(context: Context, *, month: str, publisher: str | None, as_csv: bool) -> None:
    """Print what came in, went back and was taken back in a month, per currency, with the tax in it."""
    from paywall.billing.ledger.months import read_month, totals
    from paywall.billing.ledger.reading import lines_of

    profile = context.profile(publisher)
    which = read_month(month, profile.timezone)
    with context.database().reading() as session:
        lines = lines_of(session, profile.id, which)
    if as_csv:
        _print_csv(lines, profile)
    else:
        _print_sums(totals(lines), f"{profile.name}, {month} ({profile.timezone})")


def _print_csv(lines: Iterable["Line"], profile: "Profile") -> None:
    from zoneinfo import ZoneInfo

    from paywall.billing.catalogue.money import Money

    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    for line in lines:
        at = line.at.astimezone(ZoneInfo(profile.timezone)).isoformat(timespec="seconds")
        amount, tax = (Money(minor, line.currency).amount for minor in (line.amount_minor, line.tax_minor))
        writer.writerow([at, line.kind, line.invoice_id, line.number, line.currency, amount, tax, line.stripe_id])


def _print_sums(sums: Iterable["Totals"], title: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from paywall.billing.catalogue.money import Money

    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    table.add_column("currency")
    for column in ("payments", "received", "refunds", "given back", "disputes lost", "taken back", "net", "tax in it"):
        table.add_column(column, justify="right")
    for one in sums:
        paid, back, lost, net, tax = (
            str(Money(minor, one.currency).amount)
            for minor in (one.paid_minor, one.refunded_minor, one.disputed_minor, one.net_minor, one.tax_minor)
        )
        table.add_row(one.currency, str(one.payments), paid, str(one.refunds), back, str(one.disputes), lost, net, tax)
    if not table.row_count:
        click.echo(f"{title}: nothing was paid and nothing went back")
        return
    Console(width=120, highlight=False).print(table)


@click.command()
@click.argument("invoice")
@click.option("--amount", metavar="AMOUNT", help="How much, such as 4.99; without it, all that is left.")
@click.option("--keep-until", metavar="DATE", help="Let the reader read until that day, in spite of a full refund.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.pass_obj
def refund(context: Context, *, invoice: str, amount: str | None, keep_until: str | None, dry_run: bool) -> None:
    """Give back what was paid on INVOICE (its Stripe id, in_...). A full refund ends access at once."""
    from paywall.billing.ledger import refunding

    wanted = refunding.plan(context.billing(), invoice, amount, _day(keep_until))
    click.echo(wanted.sentence)
    if dry_run:
        return
    synced = refunding.refund(
        context.billing(), invoice, amount_minor=wanted.amount_minor, keeps_until=_day(keep_until), actor="command line"
    )
    until = synced.access.valid_until if synced.access else None
    click.echo(f"given back; the reader may read until {until:%Y-%m-%d %H:%M} UTC" if until else "given back")


def _day(text: str | None) -> datetime | None:
    from datetime import UTC

    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise click.BadParameter("write a date such as 2026-12-24", param_hint="--keep-until") from error
