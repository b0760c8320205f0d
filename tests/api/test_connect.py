"""`/connect` and `/v1/readers/token`: another site's server learns who is signed in here, nobody else does."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from paywall import clock
from paywall.app import Product
from paywall.readers import codes
from paywall.readers.codes import ConnectCode
from paywall.readers.ending import end_sign_ins
from tests.api.calling import SITE, Server
from tests.api.visits import code_of, token_of
from tests.gate.visits import Browser

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def signed_in(browser: Browser) -> Browser:
    browser.sign_up("leyla@example.org")
    return browser


class TestABrowserThatIsSignedIn:
    def test_comes_straight_back_with_a_code_and_the_sites_own_word(self, signed_in: Browser) -> None:
        answer = signed_in.get("/connect", query_string={"to": f"{SITE}/harbour?id=7#top", "state": "a&b=c"})
        way = urlsplit(answer.headers["Location"])
        assert (answer.status_code, f"{way.scheme}://{way.netloc}{way.path}", way.fragment) == (
            303, f"{SITE}/harbour", "top",
        )  # fmt: skip
        query = parse_qs(way.query)
        assert (query["id"], query["paywall_state"]) == (["7"], ["a&b=c"])
        assert len(query["paywall_code"][0]) == 43
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_brings_one_code_however_often_it_comes(self, signed_in: Browser) -> None:
        first = signed_in.get("/connect", query_string={"to": f"{SITE}/harbour", "state": "one"}).headers["Location"]
        again = signed_in.get("/connect", query_string={"to": first, "state": "two"}).headers["Location"]
        query = parse_qs(urlsplit(again).query)
        assert (len(query["paywall_code"]), query["paywall_state"]) == (1, ["two"])

    def test_leaves_nothing_but_a_digest_here(self, signed_in: Browser, product: Product) -> None:
        code = code_of(signed_in)
        with product.database.reading() as session:
            row = session.scalars(select(ConnectCode)).one()
        assert code not in row.digest
        assert row.reader_id == 1


class TestABrowserThatIsNot:
    def test_signs_in_first_and_is_sent_on(self, browser: Browser, signed_in: Browser) -> None:
        signed_in.post("/logout")
        wanted = f"/connect?to={SITE}/harbour?id=7&state=x"
        to_login = browser.get(wanted).headers["Location"]
        assert to_login.startswith("/login?next=")
        onward = browser.log_in("leyla@example.org", next=parse_qs(urlsplit(to_login).query)["next"][0])
        back = browser.get(onward.headers["Location"])
        assert back.headers["Location"].startswith(f"{SITE}/harbour?id=7&paywall_code=")

    def test_comes_back_with_nothing_where_the_site_asks_quietly(self, browser: Browser) -> None:
        assert code_of(browser, quiet="1", state="x") == ""


class TestAWayBack:
    @pytest.mark.parametrize(
        "to",
        ["", "/", "//www.paper.test/", "/articles/free-0", "https://evil.example/", "http://www.paper.test/",
         "https://www.paper.test.evil.example/", "https://www.paper.test@evil.example/", "https://www.paper.test\\@e.x",
         "https://www.paper.test:8443/", "javascript:alert(1)", "https://www.paper.test/\r\nX: y",
         f"{SITE}/" + "x" * 3000],
    )  # fmt: skip
    def test_leads_to_a_site_of_the_publisher_and_nowhere_else(self, signed_in: Browser, to: str) -> None:
        answer = signed_in.get("/connect", query_string={"to": to})
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert "evil.example" not in answer.text

    @pytest.mark.parametrize("state", ["x" * 513, "a\nb", "\0"])
    def test_carries_no_strange_word(self, signed_in: Browser, state: str) -> None:
        assert signed_in.get("/connect", query_string={"to": SITE, "state": state}).status_code == 400

    def test_of_one_publisher_is_not_one_of_another(self, signed_in: Browser, rival: Server, product: Product) -> None:
        assert rival.key
        there = Browser(product.flask, host="rival.test")
        assert there.get("/connect", query_string={"to": SITE}).status_code == 400
        assert signed_in.get("/connect", query_string={"to": SITE}).status_code == 303


class TestACode:
    def test_is_exchanged_for_a_token_once(self, signed_in: Browser, server: Server) -> None:
        code = code_of(signed_in)
        answer = server.post("/v1/readers/token", {"code": code})
        said = answer.json or {}
        assert (answer.status_code, set(said)) == (200, {"token", "expiresAt"})
        assert answer.headers["Cache-Control"] == "private, no-store"
        ends = datetime.fromisoformat(said["expiresAt"]) - datetime.now(UTC)
        assert timedelta(days=29) < ends <= timedelta(days=30)
        again = server.post("/v1/readers/token", {"code": code})
        assert (again.status_code, (again.json or {})["errors"][0]["field"]) == (400, "code")

    def test_is_too_old_after_a_minute(
        self, signed_in: Browser, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = code_of(signed_in)
        monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + timedelta(seconds=60))
        assert server.post("/v1/readers/token", {"code": code}).status_code == 400

    def test_is_of_no_use_to_another_publisher_and_not_used_up_by_it(
        self, signed_in: Browser, server: Server, rival: Server
    ) -> None:
        code = code_of(signed_in)
        assert rival.post("/v1/readers/token", {"code": code}).status_code == 400
        assert server.post("/v1/readers/token", {"code": code}).status_code == 200

    def test_is_of_no_use_once_the_reader_has_signed_out(
        self, signed_in: Browser, server: Server, product: Product
    ) -> None:
        code = code_of(signed_in)
        with product.database.writing() as session:
            end_sign_ins(session, 1)
        assert server.post("/v1/readers/token", {"code": code}).status_code == 400

    def test_is_of_no_use_to_a_page(self, signed_in: Browser, page: Server) -> None:
        assert page.post("/v1/readers/token", {"code": code_of(signed_in)}).status_code == 403

    @pytest.mark.parametrize("code", ["", "x", "\u00e9" * 43, "x" * 201])
    def test_that_is_none_is_refused(self, server: Server, code: str) -> None:
        assert server.post("/v1/readers/token", {"code": code}).status_code == 400

    def test_that_nobody_exchanged_is_swept(self, signed_in: Browser, product: Product) -> None:
        code_of(signed_in)
        with product.database.writing() as session:
            codes.sweep(session, clock.wall() + timedelta(seconds=61))
            assert session.scalar(select(func.count()).select_from(ConnectCode)) == 0


class TestTheToken:
    def test_is_of_the_reader_who_is_signed_in(self, signed_in: Browser, server: Server) -> None:
        assert server.ask("registered-0", reader=token_of(signed_in, server))["reason"] == "registered"
