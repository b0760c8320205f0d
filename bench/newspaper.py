"""A newspaper to measure with: 1,000 articles of some 8 KB, and 10,000 browsers of each kind."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

import paywall.app  # noqa: F401 - every table is known once everything is imported
from paywall import clock
from paywall.articles.tables import Article
from paywall.database import Base, Database
from paywall.entitlements.rules import Standing
from paywall.entitlements.tables import EntitlementRow
from paywall.gate import passes
from paywall.gate.passes import Pass
from paywall.gate.terms import Terms
from paywall.meter import visitor
from paywall.meter.engines import open_store
from paywall.meter.table import meter_views
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Profile
from paywall.publishers.setup import NewPublisher, ensure_section, set_up_publisher
from paywall.readers.tables import Reader

ARTICLES = 1_000
BROWSERS = 10_000
ALLOWANCE = 3
SECRET = "bench-0123456789-abcdefghijklmnop"  # noqa: S105 - made up
_PASSES_KEPT_FOR = timedelta(seconds=90)
_kept: dict[str, tuple[datetime, list[tuple[str, str]]]] = {}
_WORDS = (
    "the",
    "harbour",
    "paper",
    "of",
    "a",
    "city",
    "on",
    "the",
    "sea",
    "prints",
    "each",
    "morning",
    "what",
    "it",
    "learned",
)


@dataclass(frozen=True, slots=True)
class Newspaper:
    """Where it lies, and who reads it."""

    database_url: str
    profile: Profile
    visitors: tuple[str, ...]
    """Visitors' cookie values."""


def body(number: int) -> str:
    """Return the text of an article: some 7 KB, each its own."""
    words = random.Random(number)
    return "".join(f"<p>{' '.join(words.choices(_WORDS, k=90))}.</p>" for _ in range(15))


def found(folder: Path, host: str) -> Newspaper:
    """Make the newspaper's database in `folder`; browsers reach it at `host`."""
    url = f"sqlite:///{folder}/bench.sqlite3"
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        publisher = set_up_publisher(session, NewPublisher("bench", "The Bench", host, visitor_allowance=ALLOWANCE))
        ensure_section(session, publisher, "news", "News")
        session.add_all(_article(publisher.id, number) for number in range(ARTICLES))
        session.add_all(_reader(publisher.id, number) for number in range(1, BROWSERS + 1))
        session.flush()
        session.add_all(_entitlement(publisher.id, number) for number in range(1, BROWSERS + 1))
    with database.reading() as session:
        profile = read_profile(session, publisher.id)
    database.close()
    key = visitor.visitor_key(SECRET)
    return Newspaper(url, profile, tuple(visitor.mint(key) for _ in range(BROWSERS)))


def slug(number: int) -> str:
    """Return the slug of an article: odd numbers are metered, even ones for subscribers."""
    return f"a-story-of-the-day-{number}"


def _article(publisher_id: int, number: int) -> Article:
    published = clock.now() - timedelta(days=1, minutes=number)
    text = body(number)
    return Article(
        publisher_id=publisher_id,
        key=f"story-{number}",
        slug=slug(number),
        title=f"A story of the day, the {number}th",
        standfirst="What happened, and why it matters.",
        section="news",
        authors=["Somebody Else"],
        access="metered" if number % 2 else "subscribers",
        published_at=published,
        opens_at=published,
        body_html=text,
        preview_html=text[: text.index("</p>") + 4],
        word_count=15 * 90,
        version=f"v{number}",
    )


def _reader(publisher_id: int, number: int) -> Reader:
    return Reader(
        id=number,
        publisher_id=publisher_id,
        email=f"reader{number}@example.com",
        email_normalized=f"reader{number}@example.com",
        fs_uniquifier=f"reader-{number}",
        created_at=clock.now(),
    )


def _entitlement(publisher_id: int, number: int) -> EntitlementRow:
    return EntitlementRow(
        publisher_id=publisher_id,
        reader_id=number,
        source="subscription",
        source_id=f"sub_{number}",
        standing=Standing.SUBSCRIBED,
        valid_until=clock.now() + timedelta(days=30),
        created_at=clock.now(),
    )


def spend_allowances(newspaper: Newspaper, meter_url: str) -> None:
    """Let every visitor have read the first three metered articles of the window."""
    if meter_url.startswith("postgresql"):
        meter_views.create(Database(meter_url).engine, checkfirst=True)
    store, terms = open_store(meter_url), Terms(newspaper.profile, "news")
    window, seed = terms.window(clock.now()), terms.counted_as("vseed")
    for number in range(ALLOWANCE):
        store.admit(seed, f"story-{2 * number + 1}", ALLOWANCE, window)
    key = visitor.visitor_key(SECRET)
    for token in newspaper.visitors:
        store.unite(seed, terms.counted_as(f"v{visitor.read(key, token)}"), window)


def subscribers_requests(newspaper: Newspaper) -> list[tuple[str, str]]:
    """Return (path, cookies) of readers with a pass that needs no renewal yet, each on another article."""
    kept = _kept.get(newspaper.database_url)
    if kept is None or clock.wall() - kept[0] > _PASSES_KEPT_FOR:
        kept = _kept[newspaper.database_url] = (clock.wall(), _with_new_passes(newspaper))
    return kept[1]


def _with_new_passes(newspaper: Newspaper) -> list[tuple[str, str]]:
    now, until = (passes.whole_seconds(at) for at in (clock.wall(), clock.now() + timedelta(days=30)))
    key, publisher = passes.pass_key(SECRET), newspaper.profile.id
    minted = (
        passes.mint(
            key,
            Pass(publisher, number, number, 0, Standing.SUBSCRIBED, False, until, now, passes.NOT_MERGED),
        )
        for number in range(1, BROWSERS + 1)
    )
    return [
        (f"/articles/{slug(number % ARTICLES)}", f"session={_session(number)}; pass={value}")
        for number, value in enumerate(minted)
    ]


def spent_visitors_requests(newspaper: Newspaper) -> list[tuple[str, str]]:
    """Return (path, cookies) of visitors past the allowance, on metered articles that they have not opened."""
    unread = [number for number in range(1, ARTICLES, 2) if number > 2 * ALLOWANCE]
    return [
        (f"/articles/{slug(unread[number % len(unread)])}", f"visitor={token}")
        for number, token in enumerate(newspaper.visitors)
    ]


def returning_visitors_requests(newspaper: Newspaper) -> list[tuple[str, str]]:
    """Return (path, cookies) of the same visitors, on one of the three articles that they have opened."""
    return [
        (f"/articles/{slug(2 * (number % ALLOWANCE) + 1)}", f"visitor={token}")
        for number, token in enumerate(newspaper.visitors)
    ]


def signed_in_requests(path: str) -> list[tuple[str, str]]:
    """Return (path, cookies) of readers signed in the usual way."""
    return [(f"{path}/{slug(number % ARTICLES)}", f"session={_session(number + 1)}") for number in range(BROWSERS)]


def plain_requests(path: str) -> list[tuple[str, str]]:
    """Return (path, cookies) for the bare article."""
    return [(f"{path}/{slug(number % ARTICLES)}", "") for number in range(BROWSERS)]


def _session(reader_id: int) -> str:
    signed: str = _SERIALIZER.dumps({"_user_id": str(reader_id), "_fresh": True})
    return signed


class _Signs:
    secret_key = SECRET
    config = {"SECRET_KEY_FALLBACKS": None}  # noqa: RUF012 - what Flask's session interface reads of an app


def _serializer() -> URLSafeTimedSerializer:
    serializer = SecureCookieSessionInterface().get_signing_serializer(_Signs())  # type: ignore[arg-type]
    assert serializer is not None
    return serializer


_SERIALIZER = _serializer()
