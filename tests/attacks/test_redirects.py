"""No answer sends a browser to another site, or repeats a host name that is not ours."""

import pytest

from tests.gate.visits import Browser

AWAY = ["//evil.example", "/\\evil.example", "/\t/evil.example", "http:///evil.example", "https://evil.example/"]
AWAY += [
    "javascript:alert(1)",
    "/\r\nSet-Cookie: a=b",
    "\\\\evil.example",
    "///evil.example",
    " //evil.example",
    "/\0x",
]


class TestARouteThatIsSpelledWithTwoSlashes:
    @pytest.mark.parametrize("path", ["//login", "/articles//metered-0", "/account//password", "//evil.example//x"])
    def test_leads_nowhere_for_a_host_we_do_not_know(self, browser: Browser, path: str) -> None:
        answer = browser.client.get("/", base_url="https://evil.example", environ_overrides={"PATH_INFO": path})
        assert answer.status_code in (400, 404)
        assert "Location" not in answer.headers
        assert "evil" not in answer.text


class TestTheWayBack:
    @pytest.mark.parametrize("away", AWAY[::3])
    def test_stays_here_after_signing_up_in_and_out(self, browser: Browser, away: str) -> None:
        signed_up = browser.sign_up("reader@example.org", next=away)
        looked = browser.get("/login", query_string={"next": away})
        out = browser.post("/logout", {"next": away})
        signed_in = browser.log_in("reader@example.org", next=away)
        assert [a.status_code for a in (signed_up, looked, out, signed_in)] == [303] * 4
        for answer in (signed_up, looked, out, signed_in):
            assert answer.headers["Location"] in ("/account", "/")

    def test_stays_here_on_the_way_to_a_subscription(self, browser: Browser) -> None:
        for away in AWAY:
            answer = browser.post("/subscribe", {"price": "x", "next": away})
            assert answer.headers["Location"] == "/login?next=/subscribe%3Fnext%3D/", away
            assert "evil" not in browser.get("/subscribe", query_string={"next": away}).text, away
