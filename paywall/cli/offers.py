"""`paywall offer`: a lower price for a while, for everybody new or for who knows a code."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from paywall.cli.context import Context

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("set-up")
@click.argument("slug")
@click.option("--publisher", metavar="SLUG", help="Whose offer it is; needed where there are several.")
@click.option("--plan", required=True, metavar="SLUG", help="The plan whose prices are lowered.")
@click.option("--percent", type=int, help="How much is taken off: 50")
@click.option("--amount", metavar="AMOUNT", help="How much is taken off, with --currency: 3.00")
@click.option("--currency", help="ISO 4217, such as EUR, of --amount.")
@click.option("--months", type=int, help="For how many months; default: the first payment only.")
@click.option("--forever", is_flag=True, help="For as long as the reader subscribes.")
@click.option("--code", help="What is typed at checkout; without it everybody gets the offer who is new.")
@click.option("--from", "first", type=_DAY, metavar="DATE", help="The first day, of an offer without a code.")
@click.option("--until", "last", type=_DAY, metavar="DATE", help="The last day on which somebody gets it.")
@click.option("--limit", type=int, metavar="TIMES", help="How often the code may be used.")
@click.pass_obj
def set_up(
    context: Context,
    *,
    slug: str,
    publisher: str | None,
    plan: str,
    percent: int | None,
    amount: str | None,
    currency: str | None,
    months: int | None,
    forever: bool,
    code: str | None,
    first: datetime | None,
    last: datetime | None,
    limit: int | None,
) -> None:
    """Make the offer SLUG, or change it; who has it keeps what was promised."""
    from paywall import clock
    from paywall.billing.catalogue import money
    from paywall.billing.catalogue.making_offers import NewOffer, set_up_offer
    from paywall.billing.catalogue.offers import Duration
    from paywall.billing.catalogue.wording import described

    if months is not None and forever:
        raise click.UsageError("name either --months or --forever")
    profile, lasting = context.profile(publisher), Duration.FOREVER if forever else Duration.ONCE
    new = NewOffer(
        slug=slug,
        plan=plan,
        percent_off=percent,
        amount_off=None if amount is None else money.parse(amount, currency or ""),
        duration=lasting if months is None else Duration.REPEATING,
        months=months,
        code=code,
        starts_at=None if first is None else _midnight(first, profile.timezone),
        ends_at=None if last is None else _midnight(last + timedelta(days=1), profile.timezone),
        max_redemptions=limit,
    )
    with context.database().writing() as session:
        offer = set_up_offer(session, profile.id, new, clock.now())
        click.echo(f"{described(offer, 'en')}; run `paywall stripe setup` to bring it to Stripe")


def _midnight(day: datetime, timezone: str) -> datetime:
    """Return when a day begins for the publisher, in UTC."""
    return datetime.combine(day.date(), time(), ZoneInfo(timezone)).astimezone(UTC)


@click.command("list")
@click.option("--publisher", metavar="SLUG", help="Whose offers; needed where there are several.")
@click.pass_obj
def list_offers(context: Context, publisher: str | None) -> None:
    """Say which offers there are, and which of them somebody gets now."""
    from paywall import clock
    from paywall.billing.catalogue.offers import offers_of
    from paywall.billing.catalogue.wording import described, standing_word

    profile = context.profile(publisher)
    with context.database().reading() as session:
        offers = offers_of(session, profile.id)
        if not offers:
            click.echo("There are no offers yet; `paywall offer set-up` makes one.", err=True)
        for offer in offers:
            whose = f"code {offer.code}" if offer.code else "everybody new"
            state = standing_word(offer, clock.now())
            click.echo(f"{offer.slug}: {described(offer, 'en')}, {offer.plan.slug}, {whose}, {state}")


@click.command("end")
@click.argument("slug")
@click.option("--publisher", metavar="SLUG", help="Whose offer it is; needed where there are several.")
@click.pass_obj
def end(context: Context, slug: str, publisher: str | None) -> None:
    """Give the offer SLUG to nobody from now on; who has it keeps it."""
    from paywall import clock
    from paywall.billing.catalogue.making_offers import end_offer

    profile = context.profile(publisher)
    with context.database().writing() as session:
        code = end_offer(session, profile.id, slug, clock.now()).code
    click.echo(f"{slug} has ended" + ("; run `paywall stripe setup` to switch its code off" if code else ""))
