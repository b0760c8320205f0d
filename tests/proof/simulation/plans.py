"""What the newspaper sells: by the week, so that a month sees renewals, with and without a trial, in one currency."""

from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, put_on_sale
from paywall.billing.setting_up.account import set_up_stripe
from paywall.billing.stripe_gateway import StripeGateway
from paywall.database import Database
from paywall.publishers.rules import Profile
from paywall.settings import Settings
from tests.billing.shop import SITE

LOOKUP_KEYS = ("news:digital:week:eur", "news:digital:month:eur", "news:taster:week:eur", "news:patron:week:eur")
PLANS = (
    NewPlan(
        "digital",
        "Digital",
        "Everything.",
        (NewPrice(Interval.WEEK, Money(199, "EUR")), NewPrice(Interval.MONTH, Money(499, "EUR"))),
        tax_basis_points=1800,
    ),
    NewPlan(
        "taster", "Taster", "Everything, free at first.", (NewPrice(Interval.WEEK, Money(249, "EUR")),), trial_days=5
    ),
    NewPlan("patron", "Patron", "Everything, and thanks.", (NewPrice(Interval.WEEK, Money(999, "EUR")),)),
)


def put_plans_on_sale(settings: Settings, publisher: Profile, gateway: StripeGateway) -> str:
    """Set up plans here and at Stripe, with the webhook; returns its signing secret."""
    database = Database(settings.database_url)
    for plan in PLANS:
        put_on_sale(database, publisher.id, plan)
    report = set_up_stripe(database, gateway, publisher, f"{SITE}/webhooks/stripe")
    database.close()
    assert report.webhook_secret
    return report.webhook_secret
