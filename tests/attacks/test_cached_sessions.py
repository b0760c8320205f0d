"""A page that caches may keep never carries anybody's session cookie."""

from tests.gate.visits import Browser

PUBLIC = ["/", "/sections/news", "/feed.xml", "/atom.xml", "/sitemap.xml", "/robots.txt", "/favicon.svg"]
PUBLIC += ["/static/paper.css", "/static/accent.css", "/authors/leyla-əliyeva"]


class TestAReaderWhoStaysSignedIn:
    def test_leaves_no_cookie_on_a_page_that_anybody_may_keep(self, browser: Browser) -> None:
        browser.sign_up("reader@example.org")
        for path in PUBLIC:
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert answer.cache_control.public, path
            assert "Set-Cookie" not in answer.headers, path

    def test_has_the_cookie_renewed_by_her_own_pages(self, browser: Browser) -> None:
        browser.sign_up("reader@example.org")
        answer = browser.get("/account/password")
        assert not answer.cache_control.public
        assert "__Host-session=" in answer.headers["Set-Cookie"]
