"""`paywall plan`, `stripe`: what is sold."""

import click

from paywall.cli.context import Context


@click.command("set-up")
@click.argument("slug")
@click.argument("name")
@click.option("--publisher", metavar="SLUG", help="Whose plan it is; needed where there are several.")
@click.option("--description", default="")
@click.option("--monthly", metavar="AMOUNT", help="Price by the month, tax included: 4.99")
@click.option("--yearly", metavar="AMOUNT", help="Price by the year, tax included: 49.90")
@click.option(
    "--price", "others", metavar="PRICE", multiple=True, help="Any price: 2/week, 12.90/quarter, 5/month:USD."
)
@click.option("--currency", help="ISO 4217, such as EUR, of the prices that name none.")
@click.option("--trial-days", type=int, default=0, metavar="DAYS", help="Free days for who has never had a trial.")
@click.option("--tax", metavar="PERCENT", default="0", help="The tax that the prices include: 18")
@click.option("--tax-note", default="", help='Said beside the price: "including 18% VAT".')
@click.pass_obj
def set_up_plan(
    context: Context,
    *,
    slug: str,
    name: str,
    publisher: str | None,
    description: str,
    monthly: str | None,
    yearly: str | None,
    others: tuple[str, ...],
    currency: str | None,
    trial_days: int,
    tax: str,
    tax_note: str,
) -> None:
    """Make the plan SLUG, or change it; prices that are not named any more are sold no longer."""
    from paywall.billing.catalogue.putting_on_sale import NewPlan, put_on_sale, read_price, read_tax
    from paywall.billing.catalogue.wording import every

    written = [f"{amount}/{word}" for amount, word in ((monthly, "month"), (yearly, "year")) if amount is not None]
    prices = tuple(read_price(one, currency, tax_note) for one in (*written, *others))
    if not prices:
        raise click.UsageError("name a price: --monthly, --yearly or --price")
    new = NewPlan(slug, name, description, prices, trial_days=trial_days, tax_basis_points=read_tax(tax))
    keeping = put_on_sale(context.database(), context.profile(publisher).id, new)
    click.echo(f"{name}: " + ", ".join(f"{price.money.format('en')} {every(price)}" for price in prices))
    for one in keeping:
        whose = "1 subscriber keeps" if one.subscribers == 1 else f"{one.subscribers} subscribers keep"
        click.echo(f"{whose} {one.money.format('en')} {every(one.price)}")


@click.command("setup")
@click.option("--publisher", metavar="SLUG", help="Whose plans; needed where there are several.")
@click.option("--webhook/--no-webhook", default=True, show_default=True, help="Make the webhook endpoint, too.")
@click.option("--dry-run", is_flag=True, help="Say what would be changed; change nothing.")
@click.pass_obj
def set_up_stripe(context: Context, publisher: str | None, *, webhook: bool, dry_run: bool) -> None:
    """Bring the Stripe account to what the plans say: prices, offers, portal, webhook endpoint. Safe to repeat."""
    from paywall.billing.setting_up.account import set_up_stripe as bring

    profile = context.profile(publisher)
    url = f"{context.settings.base_url}/webhooks/stripe" if webhook else None
    report = bring(context.database(), context.billing().gateway, profile, url, dry_run=dry_run)
    for line in report.changes:
        click.echo(f"{'would ' if dry_run else ''}{line}")
    if not report.changes:
        click.echo("nothing to change")
    if report.webhook_secret:
        click.echo(f"\nPut this into PAYWALL_STRIPE_WEBHOOK_SECRETS; it is told only once:\n{report.webhook_secret}")
