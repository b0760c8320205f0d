"""`paywall publisher set-up`: a publisher with its host names and allowances, from the command line."""

from zoneinfo import ZoneInfo

import click

from paywall.cli.context import Context


def _zone(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return ZoneInfo(value).key
    except Exception as error:
        raise click.BadParameter("not an IANA time zone such as Asia/Baku") from error


@click.command("set-up")
@click.argument("slug")
@click.argument("name")
@click.option("--host", required=True, help="Host name, with its port where that is unusual. Run again to add another.")
@click.option("--timezone", callback=_zone, help="IANA time zone; default: PAYWALL_TZ.")
@click.option("--contact", default="", help="The address that readers may write to.")
@click.pass_obj
def set_up(context: Context, slug: str, name: str, host: str, timezone: str | None, contact: str) -> None:
    """Make the publisher SLUG, or give it one more host name."""
    from paywall.publishers.setup import NewPublisher, set_up_publisher

    settings = context.settings
    new = NewPublisher(
        slug=slug,
        name=name,
        host=host.lower(),
        timezone=timezone or settings.tz,
        contact_email=contact,
        visitor_allowance=settings.meter_limit,
        reader_allowance=settings.reader_meter_limit,
    )
    with context.database().writing() as session:
        hosts = [one.host for one in set_up_publisher(session, new).hosts]
    click.echo(f"{name} answers at {', '.join(hosts)}")
