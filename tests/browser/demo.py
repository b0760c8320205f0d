"""The demo as the browser tests see it: its address, its articles, its mailbox."""

import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

ARTICLES = Path(__file__).resolve().parent.parent.parent / "paywall" / "newsroom" / "demo_articles"


@dataclass(frozen=True)
class DemoArticle:
    """An article of the demo, as it was written."""

    slug: str
    title: str
    access: str
    canary: str
    """A sentence of its last paragraph: to be read only by those who may."""

    @property
    def path(self) -> str:
        return f"/articles/{self.slug}"


@dataclass(frozen=True)
class Demo:
    """A served demo."""

    address: str
    folder: Path
    process: subprocess.Popen[str]
    gazette: str
    """Where the other site is, that embeds the check."""

    @cached_property
    def articles(self) -> list[DemoArticle]:
        return read_articles(ARTICLES)

    def by_access(self, access: str) -> list[DemoArticle]:
        return [article for article in self.articles if article.access == access]


def read_articles(folder: Path) -> list[DemoArticle]:
    """Read the articles of a folder, and what no preview may show of them."""
    canaries = json.loads((folder / "canaries.json").read_text())
    return [_read(path, canaries[path.stem]) for path in sorted(folder.glob("*.md"))]


def _read(path: Path, canary: str) -> DemoArticle:
    matter = yaml.safe_load(path.read_text().split("---")[1])
    return DemoArticle(matter["slug"], matter["title"], matter["access"], canary)
