"""What every page stands in: stylesheets, colours, the icon, and error pages in the same hand."""

import re
from xml.etree import ElementTree as ET

import pytest
from flask import Flask, abort, render_template
from flask.testing import FlaskClient

from paywall.database import Database
from paywall.errors import NotFound, Unavailable
from paywall.publishers.tables import Publisher

STATUSES = [400, 403, 404, 410, 413, 429, 500, 503]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough here: nothing of this asks the database for more than the publisher."""
    return sqlite_url


class TestAssets:
    def test_a_page_names_its_stylesheet_by_version_and_it_is_kept_for_a_year(self, client: FlaskClient) -> None:
        address = re.findall(r'href="(/static/paper\.css\?v=\w+)"', client.get("/").text)[0]
        answer = client.get(address)
        assert answer.mimetype == "text/css"
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

    def test_another_version_is_not_kept_for_long(self, client: FlaskClient) -> None:
        assert client.get("/static/paper.css?v=old").headers["Cache-Control"] == "public, max-age=300"

    @pytest.mark.parametrize("name", ["nothing.css", "%2e%2e/colours.py", "..%2fcolours.py", "%00", "paper.css/"])
    def test_nothing_else_is_to_be_found_there(self, client: FlaskClient, name: str) -> None:
        assert client.get(f"/static/{name}").status_code == 404

    def test_the_accent_is_the_publishers(self, client: FlaskClient, database: Database) -> None:
        with database.writing() as session:
            session.query(Publisher).update({"accent": "#003366"})
        page, css = client.get("/").text, client.get("/static/accent.css?v=003366")
        assert "/static/accent.css?v=003366" in page
        assert "--accent: #003366" in css.text
        assert "max-age=31536000" in css.headers["Cache-Control"]

    def test_the_icon_is_the_papers_initial(self, client: FlaskClient, database: Database) -> None:
        with database.writing() as session:
            session.query(Publisher).update({"name": "<Əks-səda>"})
        icon = ET.fromstring(client.get("/favicon.svg").data)  # noqa: S314 - our own document
        assert "".join(icon.itertext()).strip() == "<"

    def test_no_page_has_a_style_or_script_that_the_policy_forbids(self, client: FlaskClient) -> None:
        page = client.get("/")
        assert "style=" not in page.text
        assert "<style" not in page.text
        assert not re.findall(r"<script(?! type=\"application/ld\+json\")", page.text)


class TestErrorPages:
    @pytest.fixture
    def failing(self, app: Flask) -> Flask:
        @app.get("/fail/<int:status>")
        def _fail(status: int) -> str:
            if status == 500:
                raise RuntimeError("a secret of the house")
            if status == 503:
                raise Unavailable
            abort(status)

        return app

    @pytest.mark.parametrize("status", STATUSES)
    def test_each_says_what_happened_and_what_to_do(self, failing: Flask, client: FlaskClient, status: int) -> None:
        assert failing is client.application
        answer = client.get(f"/fail/{status}")
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert '<h1 class="page-title">' in answer.text
        assert len(re.findall(r"<p>[^<]{20,}</p>", answer.text)) == 2, "what it means, and what to do"
        assert "The News" in answer.text
        assert "secret" not in answer.text
        assert "Oops" not in answer.text

    @pytest.mark.parametrize(
        "name", ["bad_request", "forbidden", "not_found", "gone", "too_large", "too_many", "unavailable", "error"]
    )
    def test_they_render_when_nobody_knows_the_publisher(self, app: Flask, database: Database, name: str) -> None:
        assert database is not None
        with app.test_request_context("/", base_url="http://unknown.test"):
            page = render_template(f"errors/{name}.html", sentence="A sentence.", publisher=None)
        assert "A sentence." in page
        assert "masthead" not in page

    def test_a_method_that_is_none_says_what_is_allowed(self, client: FlaskClient) -> None:
        answer = client.post("/sections/news")
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]

    def test_a_sentence_is_text(self, app: Flask, client: FlaskClient) -> None:
        @app.get("/named")
        def _named() -> str:
            raise NotFound("<b>bold</b>")

        assert "&lt;b&gt;bold" in client.get("/named").text

    def test_an_unknown_host_is_told_in_one_line(self, client: FlaskClient) -> None:
        answer = client.get("/", base_url="http://unknown.test")
        assert answer.status_code == 400
        assert answer.mimetype == "text/plain"
