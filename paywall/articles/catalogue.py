"""What the gate must know of the articles, kept in each process's memory and forgotten when a change is heard of."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import defer

from paywall.articles.rules import ArticleCard
from paywall.articles.tables import Article
from paywall.changes import Change, ChangeKind
from paywall.database import Database

MOST_CARDS = 50_000


class Catalogue:
    """Answers "which article is at this slug?" from memory. Safe to share between threads."""

    def __init__(self, database: Database, most_cards: int = MOST_CARDS) -> None:
        self._database = database
        self._most_cards = most_cards
        self._lock = Lock()
        self._cards: OrderedDict[tuple[int, str], ArticleCard] = OrderedDict()
        self._where: dict[int, tuple[int, str]] = {}
        self._changes_heard = 0

    def card(self, publisher_id: int, slug: str) -> ArticleCard | None:
        """Return a publisher's article, whatever its presence; None where there is none.

        A slug that names nothing is asked of the database each time: such slugs have no end.
        """
        return self._cards.get((publisher_id, slug)) or self._read(publisher_id, slug)

    def hear(self, change: Change) -> None:
        """Forget an article that has changed."""
        if change.kind is ChangeKind.ARTICLE:
            with self._lock:
                self._changes_heard += 1
                where = self._where.pop(int(change.subject), None)
                if where is not None:
                    self._cards.pop(where, None)

    def _read(self, publisher_id: int, slug: str) -> ArticleCard | None:
        heard = self._changes_heard
        query = select(Article).where(Article.publisher_id == publisher_id, Article.slug == slug)
        with self._database.reading() as session:
            article = session.scalar(query.options(defer(Article.body_html), defer(Article.preview_html)))
        if article is None:
            return None
        self._keep(article.card, heard)
        return article.card

    def _keep(self, card: ArticleCard, heard: int) -> None:
        with self._lock:
            if heard != self._changes_heard:
                return  # something changed while we read: this card may be the old one
            self._cards[card.publisher_id, card.slug] = card
            self._where[card.id] = (card.publisher_id, card.slug)
            if len(self._cards) > self._most_cards:
                _, oldest = self._cards.popitem(last=False)
                self._where.pop(oldest.id, None)
