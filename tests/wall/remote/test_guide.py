"""The guide to the middleware: each example as it stands, around a site of that kind."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import httpx
import pytest
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import re_path
from flask import Flask
from pelican import Pelican
from pelican.settings import read_settings
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from werkzeug.test import Client

from tests.api.guides import example, run
from tests.wall.foreign import run_async
from tests.wall.remote.service import CANARY, PAGE, PREVIEW, SITE, TEXT, Browser, Service

GUIDE = "python-middleware.md"
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run_example(service: Service) -> Run:
    """Run an example of the guide with what a publisher fills in."""

    def go(name: str, **names: Any) -> dict[str, Any]:
        filled_in = {"https://members.paper.example": service.address, "pw_sk_your_key": service.key}
        if name == "files":
            filled_in['"output"'] = repr(str(names.pop("output")))
        return run(example(GUIDE, name, filled_in), **names)

    return go


def walk_through(browser: Browser) -> None:
    """A visitor meets the wall; a subscriber signs in and reads."""
    assert browser.decision("metered-0").startswith("full")
    assert browser.decision("subscribers-0").startswith("preview")
    browser.sign_up("payer@example.com", 30)
    browser.come_back_signed_in("/news/subscribers-0")
    assert browser.decision("subscribers-0") == "full; reason=subscribed"


class TestTheExamples:
    def test_around_flask(self, service: Service, run_example: Run) -> None:
        app = Flask("paper")
        app.add_url_rule("/news/<name>", "news", lambda name: PAGE)  # noqa: ARG005 - one page for all
        run_example("flask", app=app)
        walk_through(Browser(Client(app), service))

    def test_around_django(self, service: Service, run_example: Run) -> None:
        urls = ModuleType("paper_urls")
        urls.urlpatterns = [re_path(r"^news/", lambda _request: HttpResponse(PAGE))]  # type: ignore[attr-defined]
        sys.modules["paper_urls"] = urls
        if not django_settings.configured:
            django_settings.configure(ROOT_URLCONF="paper_urls", ALLOWED_HOSTS=["*"], SECRET_KEY="a-secret")
            django.setup()
        found = run_example("django", application=get_wsgi_application())
        walk_through(Browser(Client(found["application"]), service))

    def test_around_files_that_pelican_has_made(self, service: Service, run_example: Run, tmp_path: Path) -> None:
        (tmp_path / "content").mkdir()
        for name in ("metered-0", "subscribers-0"):
            matter = f'<html><head><title>{name}</title><meta name="date" content="2026-11-27"/></head>'
            (tmp_path / "content" / f"{name}.html").write_text(f"{matter}<body>{TEXT}</body></html>")
        theme = tmp_path / "theme" / "templates"
        theme.mkdir(parents=True)
        canonical = f'<link rel="canonical" href="{SITE}/news/{{{{ article.slug }}}}">'
        text = '<div class="article-body">{{ article.content }}</div>'
        (theme / "article.html").write_text(f"<!doctype html><title>x</title>{canonical}{text}")
        for template in ("index", "archives", "tags", "categories", "authors", "author", "category", "tag", "page"):
            (theme / f"{template}.html").write_text("")
        output = tmp_path / "output"
        chosen = {
            "PATH": str(tmp_path / "content"),
            "OUTPUT_PATH": str(output),
            "THEME": str(tmp_path / "theme"),
            "ARTICLE_SAVE_AS": "news/{slug}.html",
            "TIMEZONE": "UTC",
            "SLUGIFY_SOURCE": "title",
            "FEED_ALL_ATOM": None,
            "CATEGORY_FEED_ATOM": None,
        }
        Pelican(read_settings(override=chosen)).run()
        assert CANARY in (output / "news" / "subscribers-0.html").read_text()
        found = run_example("files", output=output)
        walk_through(Browser(Client(found["application"]), service, ".html"))

    def test_around_starlette(self, service: Service, run_example: Run) -> None:
        app = Starlette(routes=[Route("/news/{name}", lambda _request: HTMLResponse(PAGE))])
        found = run_example("starlette", app=app)
        assert service.is_up
        for name, opens in (("free-0", True), ("metered-0", True), ("subscribers-0", False)):
            answer = _get(found["app"], f"/news/{name}")
            assert PREVIEW in answer.text
            assert (CANARY in answer.text) is opens
            assert answer.headers["Cache-Control"] == "private, no-store"

    def test_say_what_a_publisher_writes_in_three_lines(self) -> None:
        for name in ("flask", "django", "starlette"):
            lines = [
                line for line in example(GUIDE, name, {}).splitlines() if not line.startswith(("from ", "import "))
            ]
            statements = "\n".join(lines).replace("(\n    ", "(").replace("\n)", ")").strip().splitlines()
            assert len(statements) <= 3, name


def _get(app: Any, path: str) -> httpx.Response:
    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE) as client:
            return await client.get(path)

    return run_async(go())


@pytest.fixture(autouse=True)
def _leave_no_module() -> Iterator[None]:
    yield
    sys.modules.pop("paper_urls", None)
