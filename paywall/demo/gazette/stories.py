"""What is in the Gazette: a folder of Markdown, of which the first two paragraphs are anybody's to read."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

FOLDER = Path(__file__).parent / "articles"
PREVIEW_PARAGRAPHS = 2
_markdown = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class Story:
    """A story as the Gazette's own site knows it; `preview` and `rest` are HTML."""

    slug: str
    key: str
    """What the paywall calls it."""
    title: str
    standfirst: str
    author: str
    date: date
    access: str
    preview: str
    rest: str = field(repr=False)
    is_ours: bool = True
    """False: another paper's, whose text the paywall keeps."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/stories/{self.slug}"

    @property
    def is_free(self) -> bool:
        """True where nobody is asked."""
        return self.access == "free"


@dataclass(frozen=True, slots=True)
class Paper:
    """What the site was told: where it is, where the paywall is and as whom it asks, and what is in the paper."""

    site: str
    wall: str
    publisher: str
    key: str
    """Publishable: it stands in the pages."""
    secret: str = field(repr=False)
    stories: tuple[Story, ...]


def read_stories(folder: Path = FOLDER) -> list[Story]:
    """Return the stories, the newest first."""
    stories = [_read(path) for path in sorted(folder.glob("*.md"))]
    return sorted(stories, key=lambda story: story.date, reverse=True)


def _read(path: Path) -> Story:
    _, matter, text = path.read_text().split("---\n", 2)
    said: dict[str, Any] = yaml.safe_load(matter)
    paragraphs = text.strip().split("\n\n")
    preview, rest = paragraphs[:PREVIEW_PARAGRAPHS], paragraphs[PREVIEW_PARAGRAPHS:]
    return Story(slug=path.stem, key=f"gazette-{path.stem}", preview=_html(preview), rest=_html(rest), **said)


def _html(paragraphs: list[str]) -> str:
    return str(_markdown.render("\n\n".join(paragraphs)))
