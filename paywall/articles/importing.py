"""The import: every article under a path is added, changed, left alone, or refused with a reason.

Reading, sanitising and counting happen outside any transaction; articles are then stored in small batches, each
article in a savepoint of its own. So a bad article never stops the rest, a killed import leaves no half article, and
the writer lock is never held while anything is parsed. Importing the same files again changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from paywall.articles.drafts import Draft, make_draft
from paywall.articles.item import Item, Refusal
from paywall.articles.reading.folder import Found, read_source, reason_of, sources
from paywall.articles.reading.pages import check_selector
from paywall.articles.report import Report
from paywall.articles.slugs import given_slug
from paywall.articles.storing import Defaults, Stored, store
from paywall.articles.tables import Article, articles_by_key
from paywall.database import Database, is_unreachable
from paywall.errors import DatabaseUnavailable
from paywall.publishers.tables import Publisher

BATCH = 50  # articles stored in one transaction: the writer lock is held for a few hundredths of a second

Progress = Callable[[int, int], None]
"""Told after each article: how many are done, and how many there are as far as is known."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the importer was asked to do."""

    defaults: Defaults = field(default_factory=Defaults)
    body_selector: str | None = None
    """CSS: where the text of plain HTML pages is."""
    dry_run: bool = False


def import_articles(  # noqa: PLR0913, PLR0917 - what, whose, from where, how, when, and who watches
    database: Database,
    publisher_id: int,
    path: Path,
    options: ImportOptions,
    now: datetime,
    on_progress: Progress = lambda _done, _total: None,
) -> Report:
    """Import a file or all files of a folder for a publisher; `now` is the date of articles that have none.

    Raises BadInput for a bad option and DatabaseUnavailable; nothing that a file holds raises anything. What was
    stored before the database went away stays stored.
    """
    _check(options)
    run = _Run(database, publisher_id, options, now)
    drafts = run.drafts(path, on_progress)
    while batch := list(islice(drafts, BATCH)):
        run.store(batch)
    return run.report


def _check(options: ImportOptions) -> None:
    if options.body_selector is not None:
        check_selector(options.body_selector)
    if options.defaults.section is not None:
        given_slug("--section", options.defaults.section)


class _Run:
    """One import: the report it writes, and the articles it has met."""

    def __init__(self, database: Database, publisher_id: int, options: ImportOptions, now: datetime) -> None:
        self.report = Report()
        self._database = database
        self._publisher_id = publisher_id
        self._options = options
        self._now = now
        self._met: dict[str, tuple[str, int]] = {}  # key → where it was met first, and what was said there
        with database.reading() as session:
            publisher = session.get_one(Publisher, publisher_id)
            self._zone, self._preview_words = ZoneInfo(publisher.timezone), publisher.preview_words
            self._sites = frozenset(site.origin for site in publisher.sites)

    def drafts(self, path: Path, on_progress: Progress) -> Iterator[tuple[str, Draft]]:
        """Yield each article under `path` that could be read, with its place; the rest goes to the report."""
        for found in _with_progress(self._found(path), on_progress):
            if isinstance(found, Refusal):
                self.report.refused.append(found)
            elif not isinstance(found, Item):
                self.report.skipped += 1
            elif (draft := self._draft(found)) is not None:
                yield found.where, draft

    def store(self, batch: Sequence[tuple[str, Draft]]) -> None:
        """Store a batch in one transaction, and report what became of it once it is committed."""
        done: list[tuple[str, Stored | str]] = []
        try:
            with self._database.writing() as session:
                query_options = {"key_share": True}  # imports wait for each other, readers signing up do not
                publisher = session.get_one(Publisher, self._publisher_id, with_for_update=query_options)
                rows = articles_by_key(session, publisher.id, (draft.key for _, draft in batch))
                for where, draft in batch:
                    done.append((where, self._store_one(session, publisher, draft, rows.get(draft.key))))
        except SQLAlchemyError as error:
            if is_unreachable(error):
                raise DatabaseUnavailable from error
            raise
        for where, result in done:
            self._note(where, result)

    def _found(self, path: Path) -> Iterator[tuple[Found, int]]:
        """Yield what is found, with how many more files and articles are known to follow."""
        files = sources(path)
        for number, source in enumerate(files, 1):
            inside = read_source(source, self._options.body_selector)
            for place, found in enumerate(inside, 1):
                yield found, len(files) - number + len(inside) - place

    def _draft(self, item: Item) -> Draft | None:
        try:
            draft = make_draft(item, self._zone, self._preview_words, sites=self._sites)
        except Exception as error:  # noqa: BLE001 - a parser that fails on one article must not stop the others
            self.report.refuse(item.where, reason_of(error))
            return None
        return draft if self._is_new_here(item.where, draft) else None

    def _is_new_here(self, where: str, draft: Draft) -> bool:
        said = hash(repr(draft))
        first, said_first = self._met.setdefault(draft.key, (where, said))
        if first != where and said == said_first:
            self.report.repeated += 1
        elif first != where:
            self.report.refuse(where, f"id: {first} has an article with the same id in this import")
        return first == where

    def _store_one(self, session: Session, publisher: Publisher, draft: Draft, row: Article | None) -> Stored | str:
        options = self._options
        try:
            with session.begin_nested():
                return store(session, publisher, draft, row, options.defaults, self._now, dry_run=options.dry_run)
        except SQLAlchemyError as error:
            if is_unreachable(error):
                raise
            return f"database: would not take it ({type(error).__name__})"

    def _note(self, where: str, result: Stored | str) -> None:
        if isinstance(result, str):
            self.report.refuse(where, result)
            return
        self.report.count(result.outcome)
        self.report.notes += [Refusal(where, note) for note in result.notes]


def _with_progress(found: Iterator[tuple[Found, int]], on_progress: Progress) -> Iterator[Found]:
    for done, (thing, left) in enumerate(found, 1):
        yield thing
        on_progress(done, done + left)
