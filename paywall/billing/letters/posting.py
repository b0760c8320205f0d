"""Putting the letters that are due into the outbox, and keeping back those that have lost their sense."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy.orm import Session

from paywall import outbox
from paywall.billing.letters import coming, paying, starting, turning
from paywall.billing.letters.case import Case, Past, read_case
from paywall.billing.letters.choices import mails_switched_off, switch_path
from paywall.billing.letters.sheet import Due, Post, Sheet
from paywall.billing.subscriptions.tables import Subscription
from paywall.letters.writing import Occasion, write_mail
from paywall.outbox import Mail
from paywall.publishers.letterhead import letterhead
from paywall.publishers.profiles import read_profile
from paywall.readers.finding import reader_by_id
from paywall.readers.tables import Reader

RULES: tuple[Callable[[Case], Iterator[Due]], ...] = (
    starting.started,
    starting.trial_ending,
    starting.trial_refused,
    starting.processing,
    paying.payment_due,
    paying.receipts,
    paying.refunds,
    turning.cancelled,
    turning.ended,
    turning.plan_changed,
    turning.change_scheduled,
    turning.paused,
    turning.resumed,
    coming.discount_ending,
    coming.renewing,
    coming.card_expiring,
)


def post_due(session: Session, row: Subscription, past: Past | None, post: Post) -> None:
    """Put the letters into the outbox that a reader's current subscription calls for, as it is stored now.

    `past` is how it was stored before. Works in the caller's transaction.
    """
    if not row.is_current:
        return
    case = read_case(session, row, past)
    outbox.withdraw(session, paying.out_of_date(case))
    due = unposted(session, case)
    reader = reader_by_id(session, row.publisher_id, row.reader_id) if due else None
    if reader is not None:
        _post(session, reader, due, post)


def unposted(session: Session, case: Case) -> list[Due]:
    """Return the letters that a case calls for and that have not been posted."""
    due = [one for rule in RULES for one in rule(case)]
    posted = outbox.posted(session, [(one.kind, one.cause) for one in due])
    return [one for one in due if (one.kind, one.cause) not in posted]


def _post(session: Session, reader: Reader, due: Sequence[Due], post: Post) -> None:
    publisher = read_profile(session, reader.publisher_id)
    sheet = Sheet(session, publisher, letterhead(publisher, post.base_url), post.links)
    unwanted = mails_switched_off(session, reader.id)
    for one in due:
        if one.kind not in unwanted:
            outbox.post(session, publisher.id, one.kind, one.cause, _mail(sheet, reader, one))


def _mail(sheet: Sheet, reader: Reader, due: Due) -> Mail:
    path = switch_path(sheet.links, reader.id, due.kind)
    switch = sheet.head.site_url + path if path else None
    occasion = Occasion(due.kind, reader.email, due.values(sheet), switch)
    return write_mail(sheet.session, sheet.publisher, sheet.head, occasion)
