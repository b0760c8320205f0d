"""Writing the made-up publication into a database, part by part, behind what is there already."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall.articles.tables import Article
from paywall.billing.catalogue.plans import Interval, Price, plans_with_archived
from paywall.billing.subscriptions.tables import Subscription
from paywall.database import Database
from paywall.demo.scale.books.movements import dispute_rows, payment_rows, refund_rows
from paywall.demo.scale.books.subscriptions import Numbered, customer_rows, invoice_rows, right_row, subscription_row
from paywall.demo.scale.lives.all_lives import lives_of
from paywall.demo.scale.lives.life import Offer
from paywall.demo.scale.people.comps import comp_rows
from paywall.demo.scale.people.crowd import Crowd, reader_rows, sign_in_rows
from paywall.demo.scale.people.readership import COLUMNS, Made, view_tuples
from paywall.demo.scale.people.views import view_rows
from paywall.demo.scale.size import Size
from paywall.demo.scale.writing import Progress, Values, count_on, next_id, write_rows, write_tuples
from paywall.errors import BadInput
from paywall.publishers.profiles import read_profile
from paywall.readership.days import add_counts

_MONTHLY, _YEARLY = 0.7, 0.3
Report = Callable[[str, int | None], Progress]
"""Told the name of a part and how many rows it will have, if that is known; returns who hears of the progress."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Where it all goes: a publisher with plans and articles, and the password that every reader shares."""

    database: Database
    publisher_id: int
    password_hash: str


def make_up(publication: Publication, size: Size, report: Report) -> None:
    """Fill a publisher that has no subscriptions yet; raises BadInput for one that has, or for an odd size."""
    database, publisher_id = publication.database, publication.publisher_id
    _refuse_odd(publication, size)
    crowd = Crowd(size, next_id(database, "readers"))
    people = reader_rows(crowd, publisher_id, publication.password_hash)
    write_rows(database, "readers", people, report("readers", size.readers))
    count_on(database, "readers")
    write_rows(database, "sign_ins", sign_in_rows(crowd), report("sign-ins", None))
    _write_books(publication, crowd, report)
    write_rows(database, "entitlements", comp_rows(crowd, publisher_id), report("comps", None))
    with database.reading() as session:
        articles = _article_ids(session, publisher_id)
    write_rows(database, "gate_events", view_rows(crowd, publisher_id, articles), report("views", size.views))
    _write_readership(publication, size, articles, report)


def _write_readership(publication: Publication, size: Size, articles: list[int], report: Report) -> None:
    """Write the views without names, and their counts by day."""
    database, made = publication.database, Made()
    with database.reading() as session:
        profile = read_profile(session, publication.publisher_id)
    rows = view_tuples(size, profile, articles, made)
    write_tuples(database, "readership_views", COLUMNS, rows, report("readership", size.views))
    counts = made.counts(publication.publisher_id, size.dice("steps"))
    with database.writing() as session:
        add_counts(session.connection(), counts)


def _refuse_odd(publication: Publication, size: Size) -> None:
    if not 0 <= size.subscriptions <= size.readers:
        raise BadInput("subscriptions", "Ask for at most one subscription for each reader.")
    theirs = select(Subscription.id).where(Subscription.publisher_id == publication.publisher_id)
    with publication.database.reading() as session:
        if session.scalar(theirs.limit(1)) is not None:
            raise BadInput("data", "There are subscriptions already: choose another folder or an empty database.")
        if size.views and not _article_ids(session, publication.publisher_id):
            raise BadInput("views", "There are no articles to be read.")


def _write_books(publication: Publication, crowd: Crowd, report: Report) -> None:
    """Write what hangs on subscriptions; the lives are thrown anew for each table, which costs no memory."""
    now, each = crowd.size.now, crowd.size.subscriptions
    with publication.database.reading() as session:
        offers, shares = _offers(session, publication.publisher_id)

    def lives() -> Iterator[Numbered]:
        for number, life in enumerate(lives_of(crowd, offers, shares)):
            yield Numbered(number, life, publication.publisher_id, crowd.first_id + life.index)

    def of_all(rows: Callable[[Numbered], Iterable[Values]]) -> Iterator[Values]:
        return chain.from_iterable(map(rows, lives()))

    parts: tuple[tuple[str, Iterator[Values], int | None], ...] = (
        ("customers", customer_rows(lives()), None),
        ("subscriptions", (subscription_row(one, now) for one in lives()), each),
        ("entitlements", (right_row(one, now) for one in lives()), each),
        ("invoices", of_all(invoice_rows), None),
        ("payments", of_all(payment_rows), None),
        ("refunds", of_all(refund_rows), None),
        ("disputes", of_all(dispute_rows), None),
    )
    for name, rows, total in parts:
        write_rows(publication.database, name, rows, report(name, total))


def _offers(session: Session, publisher_id: int) -> tuple[list[Offer], list[float]]:
    """Return what is sold, and how often each is bought: the first plan most, a month more than a year."""
    offers, shares = [], []
    for rank, plan in enumerate(plans_with_archived(session, publisher_id)):
        for price in plan.prices:
            offers.append(_offer(price, plan.tax_basis_points))
            shares.append((_YEARLY if price.interval == Interval.YEAR else _MONTHLY) / (rank * 3 + 1 + price.position))
    return offers, shares


def _offer(price: Price, tax_basis_points: int) -> Offer:
    interval = Interval(price.interval)
    return Offer(price.lookup_key, interval, price.currency, price.amount_minor, tax_basis_points)


def _article_ids(session: Session, publisher_id: int) -> list[int]:
    return list(session.scalars(select(Article.id).where(Article.publisher_id == publisher_id).order_by(Article.id)))
