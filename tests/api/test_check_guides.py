"""What the guides of the check and of passes show is what works."""

import subprocess

import pytest

from paywall.app import Product
from tests.api.calling import VISITOR, Server
from tests.api.conftest import MakeKey
from tests.api.guides import example, run
from tests.api.test_guides import address  # noqa: F401 - a fixture
from tests.api.visits import code_of
from tests.gate.visits import Browser

MEMBERS, KEY = "https://members.paper.example", "pw_sk_your_key"
OURS = "https://news.test"


class TestTheCheck:
    def test_is_asked_by_curl(self, address: str, make_key: MakeKey) -> None:  # noqa: F811
        filled_in = {MEMBERS: address, KEY: make_key(), "harbour-2026-11-27": "metered-0"}
        command = example("check.md", "shortest-curl", filled_in)
        said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
        assert '"extent":"full","reason":"metered"' in said

    def test_is_asked_by_python(self, address: str, make_key: MakeKey) -> None:  # noqa: F811
        may_read = run(example("check.md", "shortest-python", {MEMBERS: address, KEY: make_key()}))["may_read"]
        assert may_read("metered-0", VISITOR)[0] is True
        is_open, answer = may_read("subscribers-0", VISITOR)
        assert (is_open, answer["prompt"]) == (False, "subscribe")

    def test_shows_the_preview_while_the_service_is_away_and_no_error(self) -> None:
        nobody = {MEMBERS: "http://127.0.0.1:1", KEY: "pw_sk_any"}
        assert run(example("check.md", "shortest-python", nobody))["may_read"]("metered-0", VISITOR) == (False, {})

    @pytest.mark.usefixtures("site")
    def test_knows_a_reader_by_the_code_that_comes_back(
        self,
        address: str,  # noqa: F811
        make_key: MakeKey,
        browser: Browser,
    ) -> None:
        browser.sign_up("leyla@example.org")
        filled_in = {MEMBERS: address, KEY: make_key()}
        shared = run(example("check.md", "shortest-python", filled_in))
        token = run(example("check.md", "exchange", filled_in), requests=shared["requests"])["reader_token"](
            code_of(browser)
        )
        assert shared["may_read"]("registered-0", VISITOR, token)[0] is True


class TestAPass:
    def test_is_verified_in_python_with_no_call(self, address: str, server: Server) -> None:  # noqa: F811
        filled_in = {f'issuer="{MEMBERS}"': f'issuer="{OURS}"', MEMBERS: address, '"paper"': '"news"'}
        opens = run(example("passes.md", "python", filled_in))["opens"]
        shown = server.ask("metered-0", visitor=VISITOR)["pass"]
        assert opens(shown, "metered-0") is True
        assert opens(shown, "metered-1") is False
        with pytest.raises(Exception, match="Signature"):
            opens(shown[:-4] + "AAAA", "metered-0")


class TestTheKeysOfPasses:
    def test_may_be_kept_for_five_minutes_by_anybody(self, product: Product) -> None:
        answer = product.flask.test_client().get("/.well-known/jwks.json", base_url=OURS)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        (key,) = (answer.json or {})["keys"]
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
        assert "d" not in key
