"""Sign-up: one account for one address, signed in at once."""

import threading
from collections.abc import Callable

import pytest

from paywall.app import Product
from tests.readers.browser import PASSWORD, Browser
from tests.readers.stored import mails, readers, sign_ins

NewBrowser = Callable[..., Browser]


class TestANewReader:
    def test_is_signed_in_at_once_and_goes_on_to_the_account(self, browser: Browser) -> None:
        answer = browser.sign_up("reader@example.com")
        assert (answer.status_code, answer.location) == (303, "/account")
        assert browser.is_signed_in()

    def test_goes_back_to_where_she_came_from(self, browser: Browser) -> None:
        assert 'value="/articles/bread?page=2"' in browser.get("/signup?next=/articles/bread%3Fpage=2").text
        assert browser.sign_up("reader@example.com", next="/articles/bread").location == "/articles/bread"

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\t/evil.example", "/\\evil"])
    def test_is_never_sent_to_another_site(self, browser: Browser, elsewhere: str) -> None:
        assert browser.sign_up("reader@example.com", next=elsewhere).location == "/account"

    def test_is_mailed_one_link_to_confirm_the_address(self, product: Product, browser: Browser) -> None:
        browser.sign_up("reader@example.com")
        [mail] = mails(product)
        assert (mail.kind, mail.recipient) == ("confirm", "reader@example.com")

    def test_has_a_password_that_nobody_can_read(self, product: Product, browser: Browser) -> None:
        browser.sign_up("reader@example.com")
        assert (readers(product)[0].password or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_may_have_an_account_at_each_newspaper(self, product: Product, new_browser: NewBrowser) -> None:
        for host in ("news.test", "other.test"):
            assert new_browser(host=host).sign_up("reader@example.com").status_code == 303
        assert len({reader.publisher_id for reader in readers(product)}) == 2

    def test_loses_the_pass_of_whoever_read_here_before(self, browser: Browser) -> None:
        assert any("__Host-pass=;" in c for c in browser.sign_up("reader@example.com").headers.getlist("Set-Cookie"))


class TestTheAddress:
    def test_with_a_host_beyond_ascii_travels_as_xn_and_is_shown_as_written(  # SIG-S05
        self, product: Product, browser: Browser
    ) -> None:
        assert browser.sign_up("a@bücher.example").status_code == 303
        [reader] = readers(product)
        assert reader.email == "a@xn--bcher-kva.example"
        assert "a@bücher.example" in mails(product)[0].text

    def test_is_kept_as_typed_and_has_one_account(  # SIG-S07
        self, product: Product, browser: Browser, new_browser: NewBrowser
    ) -> None:
        assert browser.sign_up("A.b+1@Gmail.com").status_code == 303
        assert new_browser().sign_up("a.B+1@gmail.COM").status_code == 422
        assert new_browser().sign_up("ab@gmail.com").status_code == 303
        assert [reader.email for reader in readers(product)] == ["A.b+1@gmail.com", "ab@gmail.com"]

    @pytest.mark.parametrize(
        ("plain", "twin"),
        [
            ("mike@e.co", "mıke@e.co"),
            ("strasse@e.co", "straße@e.co"),
            ("kim@e.co", "\u212aim@e.co"),
            ("off@e.co", "oﬀ@e.co"),
        ],
    )
    def test_that_looks_like_another_is_another_or_refused(  # SIG-S08
        self, product: Product, new_browser: NewBrowser, plain: str, twin: str
    ) -> None:
        new_browser().sign_up(plain)
        answer = new_browser().sign_up(twin)
        assert answer.status_code in (303, 422)
        assert len(readers(product)) == (2 if answer.status_code == 303 else 1)
        assert new_browser().log_in(plain).status_code == 303

    def test_that_has_an_account_is_said_to_have_one(  # SIG-S10
        self, product: Product, browser: Browser, new_browser: NewBrowser
    ) -> None:
        browser.sign_up("known@e.co")
        for typed in ("known@e.co", "KNOWN@e.co"):
            answer = new_browser().sign_up(typed, next="/articles/bread")
            assert answer.status_code == 422
            assert "already an account" in answer.text
            assert 'href="/login?next=/articles/bread"' in answer.text
        assert len(readers(product)) == len(mails(product)) == 1


class TestThePassword:
    @pytest.mark.parametrize("password", ["a b c d ", "🗞️" * 32, "x" * 64, "x" * 127 + "y", "ü" * 1024])
    def test_may_be_long_and_hold_anything_and_all_of_it_counts(  # SIG-S13
        self, browser: Browser, new_browser: NewBrowser, password: str
    ) -> None:
        assert browser.sign_up("reader@example.com", password).status_code == 303
        assert new_browser().log_in("reader@example.com", password[:-1]).status_code == 401
        assert new_browser().log_in("reader@example.com", password).status_code == 303

    def test_that_is_too_long_is_refused_before_it_is_hashed(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paywall.readers.passwords.pool", None)
        assert browser.sign_up("reader@example.com", "x" * 1025).status_code == 422

    def test_is_never_filled_in_again(self, browser: Browser) -> None:
        answer = browser.sign_up("not an address", "secret password")
        assert "not an address" in answer.text
        assert "secret password" not in answer.text


class TestTheForm:
    def test_names_every_field_that_is_wrong_and_puts_the_cursor_into_the_first(self, browser: Browser) -> None:
        text = browser.sign_up("nobody", "short").text
        assert "Enter an e-mail address like name@example.com." in text
        assert "Use at least 8 characters." in text
        assert text.count("autofocus") == 1

    def test_does_not_take_what_is_not_the_readers_to_set(self, product: Product, browser: Browser) -> None:  # SIG-S17
        extra = {"role": "admin", "is_staff": "1", "stripe_customer_id": "cus_x", "active": "", "id": "1000000"}
        assert browser.sign_up("reader@example.com", subscription_status="active", **extra).status_code == 303
        [reader] = readers(product)
        assert (reader.is_staff, reader.active, reader.confirmed_at) == (False, True, None)
        assert reader.id != 1000000

    def test_from_another_sites_page_is_forbidden(self, product: Product, browser: Browser) -> None:  # SIG-S19
        fields = {"email": "reader@example.com", "password": PASSWORD}
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert browser.post("/signup", fields, headers=headers).status_code == 403
        assert not readers(product)
        assert browser.post("/signup", fields, headers={"Origin": "https://news.test"}).status_code == 303

    def test_without_its_token_is_refused(self, product: Product, browser: Browser) -> None:
        fields = {"email": "reader@example.com", "password": PASSWORD}
        assert browser.client.post("/signup", data=fields, base_url=browser.base_url).status_code == 400
        assert not readers(product)

    def test_does_not_read_the_address_line(self, product: Product, browser: Browser) -> None:  # SIG-S20
        answer = browser.get("/signup?email=reader@example.com&password=secret+password")
        assert answer.status_code == 200
        assert "reader@example.com" not in answer.text
        assert not readers(product)

    def test_sends_a_signed_in_reader_to_the_account(self, browser: Browser) -> None:  # SIG-S25
        browser.sign_up("reader@example.com")
        assert browser.get("/signup").location == "/account"
        answer = browser.sign_up("second@example.com")
        assert (answer.status_code, answer.location) == (303, "/account")

    def test_exists_only_at_the_newspapers_own_host(self, product: Product, new_browser: NewBrowser) -> None:  # SIG-S26
        evil = new_browser(host="evil.example")
        assert evil.get("/signup").status_code == 400
        assert evil.client.post("/signup", data={"email": "a@e.co"}, base_url=evil.base_url).status_code == 400
        assert not readers(product)

    def test_can_not_be_framed_by_another_site(self, browser: Browser) -> None:
        for path in ("/signup", "/login", "/account/password"):
            assert "frame-ancestors 'none'" in browser.get(path).headers["Content-Security-Policy"]

    def test_shows_the_host_of_an_address_in_letters_when_a_browser_sent_it_as_it_travels(
        self, browser: Browser
    ) -> None:
        assert "a@bücher.example" in browser.sign_up("a@xn--bcher-kva.example", "short").text

    def test_tells_password_managers_what_it_wants(self, browser: Browser) -> None:
        text = browser.get("/signup").text
        assert 'autocomplete="email"' in text
        assert 'autocomplete="new-password"' in text


class TestManyAtATime:
    def test_twenty_sign_ups_for_one_address_open_one_account(  # SIG-S22
        self, product: Product, new_browser: NewBrowser
    ) -> None:
        browsers = [new_browser() for _ in range(20)]
        tokens = [browser.csrf_token() for browser in browsers]
        start, statuses = threading.Barrier(20), [0] * 20

        def submit(number: int) -> None:
            fields = {"csrf_token": tokens[number], "email": "reader@example.com", "password": PASSWORD}
            start.wait()
            answer = browsers[number].client.post("/signup", data=fields, base_url="https://news.test")
            statuses[number] = answer.status_code

        threads = [threading.Thread(target=submit, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [303] + [422] * 19
        assert len(readers(product)) == len(sign_ins(product)) == len(mails(product)) == 1

    def test_twenty_accounts_from_one_network_in_a_minute_are_too_many(  # SIG-S23
        self, product: Product, new_browser: NewBrowser
    ) -> None:
        answers = [new_browser(address=f"203.0.113.{n}").sign_up(f"reader{n}@example.com") for n in range(20)]
        assert [answer.status_code for answer in answers] == [303] * 10 + [429] * 10
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert len(readers(product)) == 10
        assert new_browser(address="198.51.100.1").sign_up("elsewhere@example.com").status_code == 303
