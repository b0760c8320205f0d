"""Everything that is kept of one reader, as one JSON file: what she may ask for, and may take elsewhere.

What the staff has noted is in it, without who wrote it. Nothing of what only we should know is: no hash of a password
or of a sign-in.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import outbox
from paywall.admin.acting.frame import Act, Given, note
from paywall.admin.acting.knowing import Known
from paywall.admin.acting.question import Question
from paywall.admin.ground.pages import act
from paywall.billing.catalogue.money import Money
from paywall.billing.subscriptions.reading import invoices_of_reader
from paywall.billing.subscriptions.tables import Invoice, Subscription
from paywall.gate.answers import latest_answers
from paywall.readers.devices import devices
from paywall.readers.notes import notes_of
from paywall.staff.rules import Role
from paywall.web.forms import Form

_MOST = 10_000
_ACCOUNT = ("email", "created_at", "confirmed_at")
_RIGHT = ("source", "standing", "paid_through_at", "valid_until", "suspended")
_SUBSCRIPTION = (
    "stripe_id",
    "status",
    "lookup_key",
    "created_at",
    "trial_end_at",
    "paid_through_at",
    "cancels_at",
    "ended_at",
)
_INVOICE = ("number", "status", "period_start_at", "period_end_at", "paid_at")
_NOTE = ("text", "written_at")
_MAIL = ("kind", "subject", "written_at", "sent_at")
"""Not their text: links stand in it that open an account to whoever has them."""


def _ask(known: Known, _given: Given) -> Question:
    what = "account, rights to read, subscription, invoices, mails, devices, notes, and what was opened lately"
    sentences = [f"One JSON file with what is kept of {known.address}: {what}.", "Hand it to nobody but the reader."]
    return Question("Take the file", sentences)


def _do(known: Known, form: Form) -> ResponseReturnValue:
    with act(form) as session:
        kept = everything(session, known)
        note(session, known, "reader_exported", before=None, after=sorted(kept))
    answer = Response(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="reader-{known.reader.id}.json"'
    return answer


def everything(session: Session, known: Known) -> dict[str, Any]:
    """Return all that is kept of a reader, as plain data; times are ISO 8601 in UTC, amounts in main units."""
    reader = known.reader
    return {
        "account": _some(reader, _ACCOUNT),
        "rights": [_some(one, _RIGHT) for one in known.rights],
        "subscription": _subscription(known.subscription),
        "invoices": [_invoice(one) for one in invoices_of_reader(session, reader.id)],
        "mails": [_some(one, _MAIL) for one in outbox.mails_to(session, known.publisher.id, reader.email, _MOST)],
        "notes": [_some(one, _NOTE) for one in notes_of(session, known.publisher.id, reader.id)],
        "devices": [_some(one, ("since", "user_agent")) for one in devices(session, reader.id)],
        "opened": [_some(one, ("at", "article_id", "extent", "reason")) for one in _answers(session, reader.id)],
    }


def _answers(session: Session, reader_id: int) -> Sequence[object]:
    return latest_answers(session, reader_id, _MOST)


def _subscription(row: Subscription | None) -> Mapping[str, Any] | None:
    if row is None:
        return None
    return {**_some(row, _SUBSCRIPTION), "price": f"{Money(row.amount_minor, row.currency).amount} {row.currency}"}


def _invoice(row: Invoice) -> Mapping[str, Any]:
    amounts = {"total": row.total_minor, "paid": row.paid_minor, "given_back": row.refunded_minor}
    money = {name: str(Money(minor, row.currency).amount) for name, minor in amounts.items()}
    return {**_some(row, _INVOICE), "currency": row.currency, **money}


def _some(one: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(one, name)) for name in names}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column
    return value.isoformat() if isinstance(value, datetime) else value


ACT = Act("export", "Export the data", Role.SUPPORT, _ask, _do, is_fresh=True, is_download=True)
