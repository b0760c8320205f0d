"""The mappings, as data: which headers the exports of other systems have. docs/admins/import.md says how we know."""

from paywall.importing.mapping.columns import Field, Mapping

GENERIC = Mapping(
    "generic",
    "Any other list",
    {
        Field.ADDRESS: ("address", "email", "e-mail", "email address", "e-mail address"),
        Field.NAME: ("name", "full name"),
        Field.PLAN: ("plan",),
        Field.ENDS: ("ends", "ends at", "expires", "expires at", "valid until"),
        Field.CUSTOMER: ("stripe customer", "stripe customer id", "customer"),
        Field.SUBSCRIPTION: ("stripe subscription", "stripe subscription id", "subscription"),
        Field.SOURCE: ("source",),
        Field.AMOUNT: ("amount",),
        Field.CURRENCY: ("currency",),
    },
)

GHOST = Mapping(
    "ghost",
    "Ghost",
    {
        Field.ADDRESS: ("email",),
        Field.NAME: ("name",),
        Field.PLAN: ("tiers", "products"),
        Field.CUSTOMER: ("stripe_customer_id",),
        Field.FREE: ("complimentary_plan",),
    },
    picks=frozenset({Field.CUSTOMER}),
)

SUBSTACK = Mapping(
    "substack",
    "Substack",
    {
        Field.ADDRESS: ("email",),
        Field.NAME: ("name",),
        Field.PLAN: ("plan",),
        Field.ENDS: ("expiry",),
        Field.STATUS: ("active_subscription",),
    },
    lapsed=frozenset({"false"}),
)

LEAKY_PAYWALL = Mapping(
    "leaky-paywall",
    "Leaky Paywall",
    {
        Field.ADDRESS: ("email", "user_email"),
        Field.NAME: ("display_name", "first_name", "last_name"),
        Field.PLAN: ("description", "level_id"),
        Field.ENDS: ("expires",),
        Field.CUSTOMER: ("subscriber_id",),
        Field.SUBSCRIPTION: ("subscriber_id", "plan"),
        Field.STATUS: ("payment_status",),
    },
    lapsed=frozenset({"canceled", "cancelled", "deactivated", "expired", "trash"}),
    never=frozenset({"never", "0000-00-00 00:00:00"}),
    picks=frozenset({Field.CUSTOMER, Field.SUBSCRIPTION}),
)

PIANO = Mapping(
    "piano",
    "Piano",
    {
        Field.ADDRESS: ("email", "user email", "user_email"),
        Field.NAME: ("user name", "name", "first_name", "first name"),
        Field.PLAN: ("term name", "term_name", "resource name", "resource_name"),
        Field.ENDS: ("next billing date", "next_bill_date", "end date", "end_date"),
        Field.STATUS: ("subscription status", "subscription_status", "status"),
    },
    lapsed=frozenset({"completed", "expired"}),
    nothing=frozenset({"n/a", "-"}),
)

WOOCOMMERCE = Mapping(
    "woocommerce",
    "WooCommerce Subscriptions",
    {
        Field.ADDRESS: ("billing_email", "customer_email"),
        Field.NAME: ("billing_last_name", "billing_first_name"),
        Field.ENDS: ("next_payment_date", "end_date"),
        Field.CUSTOMER: ("payment_method_post_meta", "payment_method_user_meta"),
        Field.STATUS: ("subscription_status",),
    },
    lapsed=frozenset({"wc-cancelled", "wc-expired", "wc-on-hold", "wc-pending", "wc-switched"}),
    nothing=frozenset({"0"}),
    picks=frozenset({Field.CUSTOMER}),
)

MAPPINGS = {one.slug: one for one in (GENERIC, GHOST, SUBSTACK, LEAKY_PAYWALL, PIANO, WOOCOMMERCE)}
