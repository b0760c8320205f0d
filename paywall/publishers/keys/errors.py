"""What is wrong with a call's key."""

from paywall.errors import PaywallError


class KeyRefused(PaywallError):
    """This needs a key that works, sent as `Authorization: Bearer pw_sk_…`."""

    status = 401
    code = "unauthorized"


class OriginRefused(PaywallError):
    """This key may not be used from there. Name the origin with `paywall publisher site add`, or with the key."""

    status = 403
    code = "origin_refused"


class ScopeMissing(PaywallError):
    """This key may not be used for that. Make one with the scope that is needed."""

    status = 403
    code = "scope_missing"
