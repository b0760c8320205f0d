"""What the demo is filled with: a newspaper, its articles, two plans (one with a trial), an admin."""

from datetime import timedelta
from pathlib import Path

import yaml
from sqlalchemy.orm import Session

from paywall import clock, newsroom
from paywall.articles.importing import ImportOptions, import_articles
from paywall.billing.catalogue.money import Money
from paywall.billing.catalogue.plans import Interval
from paywall.billing.catalogue.putting_on_sale import NewPlan, NewPrice, set_up_plan
from paywall.database import Database
from paywall.demo.place import Place
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, answer_only_at, ensure_section, set_up_publisher
from paywall.publishers.tables import Publisher
from paywall.readers.accounts import confirm, open_account
from paywall.readers.email_address import parse_email
from paywall.readers.finding import reader_by_email
from paywall.readers.passwords import hash_password
from paywall.staff.finding import staff_of
from paywall.staff.joining import add_staff
from paywall.staff.rules import Role
from paywall.staff.sealing import Chest
from paywall.staff.second_factor import set_up
from paywall.staff.totp import code_at

ARTICLES = Path(newsroom.__file__).parent / "demo_articles"
ADMIN = "admin@courier.example"
TOTP_SECRET = "COURIERCOURIERCOURIERCOURIERCOUR"  # noqa: S105 - known to everybody, as the demo is

COURIER = NewPublisher(
    slug="courier",
    name="The Caspian Courier",
    host="",
    timezone="Asia/Baku",
    description="An independent daily, printed nowhere and read everywhere.",
    contact_email="letters@courier.example",
    visitor_allowance=3,
    reader_allowance=5,
)
_TAX_NOTE = "including 18% VAT"
PLANS = (
    NewPlan(
        slug="digital",
        name="Digital",
        description="Every article, on every screen.",
        prices=(
            NewPrice(Interval.MONTH, Money(499, "EUR"), tax_note=_TAX_NOTE),
            NewPrice(Interval.YEAR, Money(4990, "EUR"), tax_note=_TAX_NOTE),
            NewPrice(Interval.MONTH, Money(549, "USD"), tax_note=_TAX_NOTE),
            NewPrice(Interval.YEAR, Money(5490, "USD"), tax_note=_TAX_NOTE),
        ),
        tax_basis_points=1800,
    ),
    NewPlan(
        slug="patron",
        name="Patron",
        description="Every article, and a week of reporting paid for each year.",
        prices=(
            NewPrice(Interval.MONTH, Money(1499, "EUR"), tax_note=_TAX_NOTE),
            NewPrice(Interval.YEAR, Money(14990, "EUR"), tax_note=_TAX_NOTE),
        ),
        trial_days=14,
        tax_basis_points=1800,
    ),
)


def fill(database: Database, place: Place) -> Profile:
    """Bring the demo's content to what it should be, and return its publisher; safe to repeat."""
    with database.writing() as session:
        publisher = set_up_publisher(session, COURIER.at(place.host))
        answer_only_at(session, publisher, [place.host, place.host.replace("127.0.0.1", "localhost")])
        for slug, section in yaml.safe_load((ARTICLES / "sections.yaml").read_text()).items():
            ensure_section(session, publisher, slug, section["name"], section["description"])
    import_articles(database, publisher.id, ARTICLES, ImportOptions(), clock.now())
    with database.writing() as session:
        for plan in PLANS:
            set_up_plan(session, session.get_one(Publisher, publisher.id), plan)
        profile = read_profile(session, publisher.id)
    ensure_admin(database, profile.id, place)
    return profile


def ensure_admin(database: Database, publisher_id: int, place: Place) -> None:
    """Make the admin's account, once; its password is made up here and kept in the demo's folder."""
    address = parse_email(ADMIN)
    with database.reading() as session:
        admin = reader_by_email(session, publisher_id, address.normalized)
        if admin is not None and staff_of(session, publisher_id, admin.id):
            return
    password_hash = hash_password(place.admin_password())
    with database.writing() as session:
        admin = admin or open_account(session, publisher_id, address, password_hash)
        assert admin is not None  # noqa: S101 - there was none a moment ago, and nobody else opens accounts yet
        confirm(session, admin)
        staff = add_staff(session, publisher_id, admin.id, Role.ADMIN, actor="demo")
        _give_second_factor(session, Chest(place.settings().secret_key, staff))


def _give_second_factor(session: Session, chest: Chest) -> None:
    """Set up the secret that the demo's own page knows; the code of this moment is not used up by it."""
    earlier = clock.wall() - timedelta(minutes=5)
    set_up(session, chest, chest.put_away(TOTP_SECRET), code_at(TOTP_SECRET, earlier), earlier)
