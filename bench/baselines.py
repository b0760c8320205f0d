"""What the product is measured against: the same article by Flask alone, and by Flask the usual way."""

import os

from flask import Flask, render_template
from flask_login import LoginManager, current_user, login_required
from jinja2 import DictLoader
from sqlalchemy import select

from bench.newspaper import ARTICLES, SECRET, body, slug
from paywall import clock
from paywall.database import Database
from paywall.entitlements.tables import EntitlementRow
from paywall.readers.tables import Reader

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ article.title }} - The Bench</title>
<meta name="description" content="{{ article.standfirst }}"><link rel="stylesheet" href="/static/paper.css"></head>
<body><header><a href="/">The Bench</a><nav>{% for name in sections %}<a href="/sections/{{ name }}">{{ name }}</a>
{% endfor %}</nav></header><main><h1>{{ article.title }}</h1><p>{{ article.standfirst }}</p><p>By
{{ article.authors | join(", ") }}</p>{{ article.body | safe }}</main>
<footer>All rights reserved</footer></body></html>"""
SECTIONS = ("news", "business", "culture", "sport")


def create_app() -> Flask:
    """Return an application with both: `/bare/<slug>` and `/usual/<slug>`."""
    app = Flask("baseline")
    app.secret_key = SECRET
    app.jinja_loader = DictLoader({"article.html": PAGE})  # compiled once
    articles = {slug(number): article_of(number) for number in range(ARTICLES)}
    database = Database(os.environ["PAYWALL_DATABASE_URL"])
    manager = LoginManager(app)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(reader_id: str) -> Reader | None:
        return database.session().get(Reader, int(reader_id))

    @app.teardown_request
    def _let_go(_error: BaseException | None) -> None:
        database.session.remove()

    @app.get("/bare/<name>")
    def bare(name: str) -> str:
        return render_template("article.html", article=articles[name], sections=SECTIONS)

    @app.get("/usual/<name>")
    @login_required  # type: ignore[untyped-decorator]
    def usual(name: str) -> str:
        query = select(EntitlementRow).where(
            EntitlementRow.reader_id == current_user.id, EntitlementRow.valid_until > clock.now()
        )
        article = articles[name]
        if database.session().scalars(query).first() is None:
            article = {**article, "body": "subscribe"}
        return render_template("article.html", article=article, sections=SECTIONS)

    return app


def article_of(number: int) -> dict[str, object]:
    """Return what the template shows of an article."""
    return {
        "title": f"A story of the day, the {number}th",
        "standfirst": "What happened, and why it matters.",
        "authors": ["Somebody Else"],
        "body": body(number),
    }
