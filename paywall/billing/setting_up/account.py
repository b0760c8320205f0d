"""`paywall stripe setup`: tax rates, products, prices, offers, billing portal and webhook endpoint, in that order."""

from paywall import clock
from paywall.billing.setting_up.endpoint import bring_endpoint
from paywall.billing.setting_up.offers import bring_offers
from paywall.billing.setting_up.portal import bring_portal
from paywall.billing.setting_up.products import bring_plan
from paywall.billing.setting_up.run import Run, SetupReport
from paywall.billing.setting_up.wanted import wanted_offers, wanted_plans
from paywall.billing.stripe_gateway import StripeGateway
from paywall.database import Database
from paywall.publishers.rules import Profile


def set_up_stripe(
    database: Database, gateway: StripeGateway, publisher: Profile, webhook_url: str | None, *, dry_run: bool = False
) -> SetupReport:
    """Bring the account to what the publisher sells; without `webhook_url` endpoints are left alone.

    Raises CodeTaken and the situations of `stripe_errors`; what was done until then stays, and the next run goes on
    from there.
    """
    run = Run(gateway, is_dry=dry_run)
    for plan in wanted_plans(database, publisher):
        bring_plan(run, plan)
    bring_offers(run, publisher.slug, wanted_offers(database, publisher, clock.now()))
    bring_portal(run)
    if webhook_url is not None:
        bring_endpoint(run, webhook_url)
    return run.report
