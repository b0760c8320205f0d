"""What the gate must know of the articles, kept in each process's memory and forgotten when a change is heard of."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, defer

from paywall.articles.addresses import spellings
from paywall.articles.rules import ArticleCard
from paywall.articles.tables import Article
from paywall.changes import Change, ChangeKind
from paywall.database import Database
from paywall.errors import BadInput

MOST_CARDS = 50_000


class Catalogue:
    """Answers "which article is this?" from memory, by any of its names. Safe to share between threads."""

    def __init__(self, database: Database, most_cards: int = MOST_CARDS) -> None:
        self._by_slug = _Shelf(database, Article.slug, most_cards)
        self._by_key = _Shelf(database, Article.key, most_cards)
        self._by_url = _Shelf(database, Article.url, most_cards)
        self.card = self._by_slug.card
        self.by_key = self._by_key.card
        self.by_url = self._by_url.card

    def at_address(self, publisher_id: int, raw: str) -> ArticleCard | None:
        """Return the article at an address elsewhere, however that is spelled.

        Raises BadInput for what is no address, or might be that of several.
        """
        whole, by_other_scheme, *with_less = spellings(raw)
        card = self.by_url(publisher_id, whole) or self.by_url(publisher_id, by_other_scheme)
        if card or not with_less:
            return card
        found = self._by_url.read_all(publisher_id, with_less)
        if len(found) > 1:
            raise BadInput("url", "There are several articles to which that address may lead.")
        return found[0] if found else None

    def hear(self, change: Change) -> None:
        """Forget an article that has changed."""
        if change.kind is ChangeKind.ARTICLE:
            for shelf in (self._by_slug, self._by_key, self._by_url):
                shelf.forget(int(change.subject))


class _Shelf:
    """The cards by one of their names: the slug, the publisher's own id, or the canonical address elsewhere."""

    def __init__(self, database: Database, name: InstrumentedAttribute[str | None], most_cards: int) -> None:
        self._database, self._name = database, name
        self._most_cards = most_cards
        self._lock = Lock()
        self._cards: OrderedDict[tuple[int, str], ArticleCard] = OrderedDict()
        self._where: dict[int, tuple[int, str]] = {}
        self._changes_heard = 0

    def card(self, publisher_id: int, name: str) -> ArticleCard | None:
        """Return a publisher's article, whatever its presence; None where there is none.

        A name that names nothing is asked of the database each time: such names have no end.
        """
        return self._cards.get((publisher_id, name)) or self._read(publisher_id, name)

    def read_all(self, publisher_id: int, names: Sequence[str]) -> list[ArticleCard]:
        """Return every article of those names, as the database has them."""
        query = select(Article).where(Article.publisher_id == publisher_id, self._name.in_(names))
        with self._database.reading() as session:
            found = session.scalars(query.options(defer(Article.body_html), defer(Article.preview_html)))
            return [article.card for article in found]

    def forget(self, article_id: int) -> None:
        with self._lock:
            self._changes_heard += 1
            where = self._where.pop(article_id, None)
            if where is not None:
                self._cards.pop(where, None)

    def _read(self, publisher_id: int, name: str) -> ArticleCard | None:
        if not _can_be_a_name(name):
            return None
        heard = self._changes_heard
        query = select(Article).where(Article.publisher_id == publisher_id, self._name == name)
        with self._database.reading() as session:
            article = session.scalar(query.options(defer(Article.body_html), defer(Article.preview_html)))
        if article is None:
            return None
        self._keep((publisher_id, name), article.card, heard)
        return article.card

    def _keep(self, where: tuple[int, str], card: ArticleCard, heard: int) -> None:
        with self._lock:
            if heard != self._changes_heard:
                return  # something changed while we read: this card may be the old one
            self._cards[where] = card
            self._where[card.id] = where
            if len(self._cards) > self._most_cards:
                _, oldest = self._cards.popitem(last=False)
                self._where.pop(oldest.id, None)


def _can_be_a_name(name: str) -> bool:
    """Tell whether a database can be asked for it: addresses may say %00, and no text may hold that."""
    return "\0" not in name and not any("\ud800" <= c <= "\udfff" for c in name)
