"""What the guides for publishers show is what works."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from paywall.app import Product
from paywall.publishers.keys.rules import Scope
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.sites import add_site
from tests.api.conftest import MakeKey
from tests.api.guides import example, run

HOST = "127.0.0.1"


@pytest.fixture
def address(product: Product) -> Iterator[str]:
    """Where the product is really served."""
    server = make_server(HOST, 0, product.flask, threaded=True)
    with product.database.writing() as session:
        set_up_publisher(session, NewPublisher("news", "News", f"{HOST}:{server.port}"))
        add_site(session, 1, "https://www.paper.example", actor="tests")
    product.follower.poll()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{HOST}:{server.port}"
    server.shutdown()
    thread.join()


class TestTellingOfArticles:
    def test_the_hook_of_a_cms_adds_an_article_once(
        self, address: str, make_key: MakeKey, capsys: pytest.CaptureFixture[str]
    ) -> None:
        filled_in = {"https://members.paper.example": address, "pw_sk_your_key": make_key(Scope.ARTICLES)}
        code = example("articles.md", "put", filled_in)
        run(code)
        run(code)
        assert capsys.readouterr().out.split() == ["added", "unchanged"]
