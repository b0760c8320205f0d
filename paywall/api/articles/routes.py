"""The routes of articles: put, read, list and delete them, one by one or many at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic.alias_generators import to_camel

from paywall import clock
from paywall.api.articles.models import (
    ArticleList,
    ArticlesQuery,
    BulkError,
    BulkResult,
    BulkResults,
    KeptArticle,
    PutArticle,
    SentArticle,
    SentArticles,
    SentArticleWithId,
)
from paywall.api.ground.routes import Answer, Call, Route
from paywall.articles import keeping
from paywall.articles.drafts import Draft
from paywall.articles.item import Item
from paywall.articles.tables import Article
from paywall.errors import BadInput
from paywall.publishers.keys.rules import Scope

ARTICLE_BYTES = 3 * 1024 * 1024
BULK_BYTES = 20 * 1024 * 1024
_KEPT = ("slug", "title", "url", "section", "authors", "tags", "language", "published_at", "updated_at",
         "embargoed_until", "withdrawn_at", "free_first_hours", "free_after_hours", "word_count",
         "version")  # fmt: skip
_NOT_FOUND = {404: "You have no such article."}


def put(call: Call, id: str) -> Answer:  # noqa: A002 - what the path calls it
    """Add or replace one article."""
    with _as_sent():
        draft = keeping.draft_of(_item(id, call.body), call.profile)
    with call.parts.database.writing() as session:
        article, stored = keeping.put_article(session, call.profile.id, draft, clock.now())
        answer = PutArticle(**_values(article), outcome=stored.outcome, notes=list(stored.notes))
    return Answer(answer)


def put_many(call: Call) -> Answer:
    """Add or replace many, each by itself: a bad one keeps none of the others out."""
    sent: SentArticles = call.body
    read = [_draft_or_result(call, one) for one in sent.articles]
    return Answer(BulkResults(results=list(_store_all(call, read))))


def get(call: Call, id: str) -> Answer:  # noqa: A002
    """Return one article, without its text."""
    with call.parts.database.reading() as session:
        return Answer(KeptArticle(**_values(keeping.article_of(session, call.profile.id, id))))


def list_all(call: Call) -> Answer:
    """Return a part of all articles."""
    query: ArticlesQuery = call.query
    with call.parts.database.reading() as session:
        shelved = keeping.list_articles(session, call.profile.id, int(query.after or 0), query.limit)
        articles = [KeptArticle(**_values(article)) for article in shelved.articles]
    return Answer(ArticleList(articles=articles, next=str(shelved.after) if shelved.after else None))


def delete(call: Call, id: str) -> Answer:  # noqa: A002
    """Delete one article for good."""
    with call.parts.database.writing() as session:
        keeping.delete_article(session, call.profile.id, id, actor=call.actor)
    return Answer(status=204)


def _store_all(call: Call, read: list[tuple[str, Draft | BulkResult]]) -> Iterator[BulkResult]:
    for key, draft in read:
        if isinstance(draft, BulkResult):
            yield draft
            continue
        try:
            with call.parts.database.writing() as session:
                _, stored = keeping.put_article(session, call.profile.id, draft, clock.now())
        except BadInput as error:
            yield _refused(key, error)
        else:
            yield BulkResult(id=key, outcome=stored.outcome, notes=list(stored.notes))


def _draft_or_result(call: Call, sent: SentArticleWithId) -> tuple[str, Draft | BulkResult]:
    try:
        with _as_sent():
            return sent.id, keeping.draft_of(_item(sent.id, sent), call.profile)
    except BadInput as error:
        return sent.id, _refused(sent.id, error)


@contextmanager
def _as_sent() -> Iterator[None]:
    """Name what is wrong as the interface spells it, and in a whole sentence: the import's report has it shorter."""
    try:
        yield
    except BadInput as error:
        sentence = error.sentence[:1].upper() + error.sentence[1:].removesuffix(".") + "."
        raise BadInput(to_camel(error.field), sentence) from error


def _refused(key: str, error: BadInput) -> BulkResult:
    return BulkResult(id=key, outcome="refused", error=BulkError(field=error.field, message=error.sentence))


def _item(key: str, sent: SentArticle) -> Item:
    return Item(
        where="",
        key=key,
        html=sent.body or "",
        title=sent.title,
        slug=sent.slug or "",
        standfirst=sent.standfirst,
        section=sent.section or "",
        authors=tuple(sent.authors),
        tags=None if sent.tags is None else tuple(sent.tags),
        language=sent.language,
        access=sent.access or "",
        link=sent.url,
        published_at=sent.published_at,
        updated_at=sent.updated_at,
        embargoed_until=sent.embargoed_until,
        withdrawn_at=sent.withdrawn_at,
        free_first_hours=sent.free_first_hours,
        free_after_hours=sent.free_after_hours,
    )


def _values(article: Article) -> dict[str, Any]:
    kept = {name: getattr(article, name) for name in _KEPT}
    card = article.card
    presence = card.schedule.presence(clock.now())
    return {**kept, "id": article.key, "access": card.access, "presence": presence, "preview": article.preview_html}


ROUTES = (
    Route(
        method="PUT",
        path="/v1/articles/{id}",
        takes_slashes=True,
        name="put_article",
        summary="Add an article, or make it what you send.",
        handler=put,
        scope=Scope.ARTICLES,
        body=SentArticle,
        answer=PutArticle,
        most_bytes=ARTICLE_BYTES,
        tag="Articles",
    ),
    Route(
        method="GET",
        path="/v1/articles/{id}",
        takes_slashes=True,
        name="get_article",
        summary="An article as it is kept, without its text.",
        handler=get,
        scope=Scope.ARTICLES,
        answer=KeptArticle,
        problems=_NOT_FOUND,
        tag="Articles",
    ),
    Route(
        method="DELETE",
        path="/v1/articles/{id}",
        takes_slashes=True,
        name="delete_article",
        summary="Delete an article for good.",
        handler=delete,
        scope=Scope.ARTICLES,
        status=204,
        problems=_NOT_FOUND,
        tag="Articles",
    ),
    Route(
        method="GET",
        path="/v1/articles",
        name="list_articles",
        summary="All articles, part by part.",
        handler=list_all,
        scope=Scope.ARTICLES,
        query=ArticlesQuery,
        answer=ArticleList,
        tag="Articles",
    ),
    Route(
        method="POST",
        path="/v1/articles",
        name="put_articles",
        summary="Up to 500 at once; once all have the shape of an article, each is judged by itself.",
        handler=put_many,
        scope=Scope.ARTICLES,
        body=SentArticles,
        answer=BulkResults,
        most_bytes=BULK_BYTES,
        tag="Articles",
    ),
)
