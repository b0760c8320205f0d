"""An article as it is sent and answered, as shapes that OpenAPI shows."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from paywall.api.ground.models import TIME_SENTENCE, ApiModel
from paywall.articles.rules import AccessLevel, Presence
from paywall.articles.storing import Outcome

MOST_AT_ONCE = 500
MOST_LISTED = 500
_LONGEST_BODY = 2_000_000

_is_iso = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII
).fullmatch


def _spelled(raw: object) -> object:
    """Let ISO 8601 through alone: a number could be seconds as well as milliseconds."""
    if not isinstance(raw, str) or not _is_iso(raw):
        raise ValueError(TIME_SENTENCE)
    return raw


Moment = Annotated[
    datetime,
    BeforeValidator(_spelled),
    Field(strict=False, description="ISO 8601; without an offset it is your own local time."),
]


class SentArticle(ApiModel):
    """An article as it should be from now on."""

    title: str = Field(min_length=1, max_length=500, examples=["The harbour wakes"])
    url: str | None = Field(
        None,
        description="Where it lives on one of your sites; any of its spellings.",
        examples=["https://www.paper.example/news/harbour"],
    )
    access: AccessLevel | None = Field(
        None, strict=False, description="Who may read it. Left out: as it is, `metered` for a new one."
    )
    section: str | None = Field(None, max_length=100, description="Left out: as it is, News for a new one.")
    body: str | None = Field(
        None, max_length=_LONGEST_BODY, description="Its text as HTML. Left out: you keep the text."
    )
    standfirst: str = Field("", max_length=1_000)
    authors: list[str] = Field(default=[], max_length=20)
    tags: list[str] | None = Field(None, max_length=20, description="Left out: as they are.", examples=[["harbour"]])
    language: str = Field("", max_length=35, description="A language tag such as en or az; default: yours.")
    slug: str | None = Field(None, description="Its name in our own addresses; default: made from the title.")
    published_at: Moment | None = Field(None, description="Left out: as it is, now for a new one.")
    updated_at: Moment | None = None
    embargoed_until: Moment | None = Field(None, description="It is not there before.")
    withdrawn_at: Moment | None = Field(None, description="From then on it is gone, and says so (410).")
    free_first_hours: int | None = Field(None, ge=0, description="Open to everybody for so many hours.")
    free_after_hours: int | None = Field(None, ge=0, description="Open to everybody once it is so old.")


class SentArticleWithId(SentArticle):
    """The same in a list, with your id of it."""

    id: str = Field(min_length=1, max_length=200, examples=["harbour-2026-11-27"])


class SentArticles(ApiModel):
    """Up to 500 articles; once all have the shape of one, each is judged by itself."""

    articles: list[SentArticleWithId] = Field(min_length=1, max_length=MOST_AT_ONCE)


class KeptArticle(ApiModel):
    """An article as it is kept."""

    id: str
    slug: str
    title: str
    url: str | None
    access: AccessLevel
    section: str
    authors: list[str]
    tags: list[str]
    language: str
    published_at: datetime
    updated_at: datetime | None
    embargoed_until: datetime | None
    withdrawn_at: datetime | None
    free_first_hours: int | None
    free_after_hours: int | None
    presence: Presence = Field(description="Whether it is there just now.")
    word_count: int = Field(description="0: you keep the text.")
    preview: str = Field(description="What everybody may see of it, as HTML.")
    version: str = Field(description="Changes whenever anything of it does.")


class PutArticle(KeptArticle):
    """An article as it is kept now, and what became of what was sent."""

    outcome: Outcome
    notes: list[str] = Field(description="What could not be taken as it was sent.")


class ArticleList(ApiModel):
    """A part of all articles, in the order in which they were first sent."""

    articles: list[KeptArticle]
    next: str | None = Field(description="Send it as `after` for the next part; null where nothing follows.")


class ArticlesQuery(ApiModel):
    """Which part."""

    after: str | None = Field(None, pattern=r"^[0-9]{1,18}$", description="`next` of the part before.")
    limit: int = Field(100, ge=1, le=MOST_LISTED)


class BulkError(ApiModel):
    """What is wrong with a field."""

    field: str
    message: str


class BulkResult(ApiModel):
    """What became of one article of a list."""

    id: str
    outcome: Outcome | Literal["refused"]
    notes: list[str] = Field(default=[])
    error: BulkError | None = None


class BulkResults(ApiModel):
    """One result for each article, in their order."""

    results: list[BulkResult]
