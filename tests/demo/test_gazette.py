"""The Gazette's pages where there is nothing to read."""

from paywall.demo.gazette.site import make_site
from paywall.demo.gazette.stories import Paper


class TestAPageThatIsNotThere:
    def test_looks_like_the_paper_and_leads_to_its_front(self) -> None:
        paper = Paper("http://127.0.0.1:2", "http://127.0.0.1:1", "courier", "pw_pk_x", "pw_sk_x", ())
        answer = make_site(paper).test_client().get("/stories/none")
        assert answer.status_code == 404
        assert '<link rel="stylesheet" href="/static/gazette.css">' in answer.text
        assert '<a href="/">' in answer.text
