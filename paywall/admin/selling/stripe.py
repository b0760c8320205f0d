"""Bringing what is sold to Stripe, after it was stored here and with no transaction open."""

from flask import flash

from paywall.billing.parts import billing
from paywall.billing.setting_up.account import set_up_stripe
from paywall.errors import PaywallError
from paywall.publishers.profiles import read_profile
from paywall.web import current

NAMED = 5
"""So many of the changes are named: the words travel in a cookie."""


def bring_to_stripe(publisher_id: int) -> None:
    """Bring the Stripe account to what the publisher sells, and tell the member of staff how that went.

    What is stored here stays whatever Stripe says; doing it again goes on from where it stopped.
    """
    profile = read_profile(current.session(), publisher_id)
    current.session().commit()  # nobody asks Stripe with a transaction open
    try:
        report = set_up_stripe(current.database(), billing().gateway, profile, None)
    except PaywallError as error:
        flash(f"Stored here, but not at Stripe yet: {error.sentence} Bring it to Stripe once more below.", "error")
        return
    rest = len(report.changes) - NAMED
    done = "; ".join(report.changes[:NAMED]) + (f"; and {rest} more" if rest > 0 else "")
    flash(f"Stripe has it: {done}." if done else "Stripe had all of it already.", "good")
