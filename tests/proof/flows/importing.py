"""The flow of an import of articles."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from unittest.mock import patch

from paywall.articles import importing
from paywall.articles.importing import ImportOptions, import_articles
from paywall.articles.report import Report
from paywall.articles.tables import Article
from tests.proof.flows.found import differs, rows
from tests.proof.stage import Stage


class Import:
    """Articles are imported from a folder, two in a transaction."""

    name: ClassVar = "import"
    ARTICLES = 5

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = Path(stage.shop.sandbox.store.path).parent / "articles"
        self.folder.mkdir()
        for number in range(self.ARTICLES):
            (self.folder / f"story-{number}.md").write_text(_markdown(number), encoding="utf-8")

    def begin(self) -> None:
        """Nothing is kept in hands."""

    def act(self) -> None:
        self._import()

    def again(self) -> None:
        self._import()

    def problems(self) -> Iterator[str]:
        found = [row for row in rows(self.stage, Article) if row.title.startswith("Story ")]
        whole = [row for row in found if row.body_html.count("<p>") == 3 and row.preview_html and row.version]
        yield from differs("articles", (len(found), len(whole)), (self.ARTICLES, self.ARTICLES))
        report = self._import()
        yield from differs("unchanged when imported again", (report.unchanged, report.read), (self.ARTICLES,) * 2)

    def _import(self) -> Report:
        shop, now = self.stage.shop, self.stage.time.now()
        with patch.object(importing, "BATCH", 2):
            return import_articles(shop.database, shop.publisher.id, self.folder, ImportOptions(), now)


def _markdown(number: int) -> str:
    about = {"id": f"story-{number}", "title": f"Story {number}", "published_at": f"2026-11-0{number + 1}"}
    head = "\n".join(f"{name}: {value}" for name, value in about.items())
    text = "\n\n".join(f"Paragraph {part} of story {number}." for part in range(3))
    return f"---\n{head}\n---\n\n{text}\n"
