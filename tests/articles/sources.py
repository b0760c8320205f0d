"""Small odd inputs, written where a test wants them, and the import of what was written."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from paywall.articles.importing import ImportOptions, import_articles
from paywall.articles.report import Report
from paywall.articles.storing import Defaults
from paywall.articles.tables import Article
from paywall.database import Database
from paywall.publishers.rules import Profile

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXT = "The harbour learned to wait. " * 40
Import = Callable[..., Report]


class Source:
    """A folder of files to import, and the catalogue that they go to."""

    def __init__(self, database: Database, publisher: Profile, folder: Path) -> None:
        self.database, self.publisher, self.folder = database, publisher, folder

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return path

    def markdown(self, name: str = "a.md", body: str = TEXT, **fields: str) -> Path:
        front = {"id": name, "title": f"Title of {name}", "published_at": "2026-11-20"} | fields
        return self.write(name, "---\n" + "".join(f"{k}: {v}\n" for k, v in front.items()) + f"---\n{body}\n")

    def load(self, path: Path | None = None, now: datetime = NOW, **options: Any) -> Report:
        defaults = Defaults(options.pop("access", None), options.pop("section", None))
        chosen = ImportOptions(defaults, **options)
        return import_articles(self.database, self.publisher.id, path or self.folder, chosen, now)

    def articles(self) -> list[Article]:
        with self.database.reading() as session:
            return list(session.scalars(select(Article).order_by(Article.key)))

    def article(self) -> Article:
        (only,) = self.articles()
        return only


def reasons(report: Report) -> list[str]:
    return [refusal.reason for refusal in report.refused]


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>t</title><language>en</language>{''.join(items)}</channel></rss>"
    )


def rss_item(key: str = "k", body: str = TEXT, more: str = "") -> str:
    encoded = f"<content:encoded><![CDATA[<p>{body}</p>]]></content:encoded>" if body else ""
    return f"<item><guid isPermaLink='false'>{key}</guid><title>Item {key}</title>{encoded}{more}</item>"
