"""What the form of an import says: the file, the system it is from, headers chosen by hand."""

import io
from typing import BinaryIO, cast

from flask import Flask, request

from paywall.admin.ground.door import may_enter
from paywall.billing import parts as billing
from paywall.errors import BadInput
from paywall.importing.asking_stripe import StripeCheck
from paywall.importing.checking import Order
from paywall.importing.mapping.columns import Field, Mapping, chosen
from paywall.importing.mapping.sources import GENERIC, MAPPINGS
from paywall.publishers.rules import Profile
from paywall.staff.rules import Role
from paywall.web import forms
from paywall.web.forms import Files, Form

PATH = "/admin/import"
MOST_BYTES = 20 * 1024 * 1024
LONGEST_HEADER = 100
CHOOSABLE = tuple(one for one in Field if one in GENERIC.columns)
"""Fields whose header may be chosen by hand."""
EXISTING = (("update", "Give them what the file says"), ("skip", "Leave them as they are"))


def install(app: Flask) -> None:
    """Let files come to the form: from admins larger than other forms, kept on disk while they are read."""
    forms.take_files(app, PATH, Files(MOST_BYTES, lambda: may_enter(Role.ADMIN)))


def order_in(form: Form, publisher: Profile, actor: str) -> Order:
    """Return what is to be imported, and how; raises BadInput."""
    existing = form.text("existing") or "update"
    if existing not in dict(EXISTING):
        raise BadInput("existing", "Choose what happens to readers who have an account.")
    return Order(publisher, _mapping_in(form), actor, existing, stripe_check())


def file_in() -> BinaryIO:
    """Return the file that was sent, whatever it is called; raises BadInput where there is none."""
    found = request.files.getlist("file")
    if len(found) != 1:
        raise BadInput("file", "Choose one file." if not found else "Send one file at a time.")
    if not found[0].filename:
        raise BadInput("file", "Choose a file.")
    stream = found[0].stream
    return cast(BinaryIO, stream if stream.seekable() else io.BytesIO(stream.read()))


def stripe_check() -> StripeCheck | None:
    """Return how ids are asked about at Stripe; None where nothing is sold."""
    try:
        return StripeCheck(billing.billing().gateway)
    except billing.PaymentsNotSetUp:
        return None


def _mapping_in(form: Form) -> Mapping:
    mapping = MAPPINGS.get(form.text("mapping") or GENERIC.slug)
    if mapping is None:
        raise BadInput("mapping", "Choose the system that the file is from.")
    return chosen({what: _header_in(form, what) for what in CHOOSABLE}, mapping)


def _header_in(form: Form, what: Field) -> str:
    header = form.text(f"header_{what.value}").strip()
    if len(header) > LONGEST_HEADER:
        raise BadInput(f"header_{what.value}", f"A header has at most {LONGEST_HEADER} characters.")
    return header
