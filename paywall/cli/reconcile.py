"""`paywall reconcile`: that Stripe's books and ours agree, and what was done where they did not."""

import sys
from typing import TYPE_CHECKING

import click

from paywall.cli.context import Context

if TYPE_CHECKING:
    from paywall.billing.reconciling.comparing import DriftReport


@click.command()
@click.option("--dry-run", is_flag=True, help="Report what differs; repair nothing.")
@click.pass_obj
def reconcile(context: Context, *, dry_run: bool) -> None:
    """Compare everything with Stripe, both ways, and repair what differs.

    Asks at most 20 times a second. Exit code 1 if something differs and was not repaired.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from paywall.billing.reconciling.comparing import reconcile as compare

    columns = (SpinnerColumn(), TextColumn("{task.completed} objects compared"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reconcile", total=None)
        report = compare(context.billing(), dry_run=dry_run, progress=lambda done: bar.update(task, completed=done))
    _print(report)
    sys.exit(1 if any(drift.outcome != "repaired" for drift in report.drifts) else 0)


def _print(report: "DriftReport") -> None:
    from rich.console import Console
    from rich.table import Table

    if report.drifts:
        table = Table("what", "here", "at Stripe", "done", title="What differed", title_justify="left")
        for drift in report.drifts:
            table.add_row(f"{drift.subject}\n{drift.what}", drift.ours, drift.theirs, drift.outcome)
        Console(soft_wrap=not sys.stdout.isatty()).print(table)
    subjects = len({drift.subject for drift in report.drifts})
    click.echo(
        f"{report.compared} objects compared, {subjects} subscriptions or customers differ, "
        f"{report.foreign} subscriptions are not ours"
    )
