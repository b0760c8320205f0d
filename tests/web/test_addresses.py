"""Addresses from outside: `next` stays at home, and a caller is who the last trusted hop says."""

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.urls import iri_to_uri

from paywall.web.addresses import client_address, network_of, safe_next

HOME = "https://news.example"
SITE = "https://www.paper.example"
SITES = (SITE, "http://127.0.0.1:8001")


class TestNext:
    @pytest.mark.parametrize(
        "value", ["/", "/articles/x", "/articles/x?utm=1#part", "/search?q=%2F%2Fevil.example", "/a:b"]
    )
    def test_a_path_on_this_site_is_kept(self, value: str) -> None:
        assert safe_next(value) == value

    @pytest.mark.parametrize(
        "value",
        [
            "", None, "https://evil.example", "//evil.example", "///evil.example",
            "/\\evil.example", "\\\\evil.example",
            "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "http:///evil.example",
            "javascript:alert(1)", "evil.example", "/\x00", "/\x7f", "/ x", "/\ud800", "/" + "x" * 3000,
        ],
    )  # fmt: skip
    def test_anything_else_becomes_the_default(self, value: str | None) -> None:
        assert safe_next(value, "/account") == "/account"

    @pytest.mark.parametrize(
        "value",
        [SITE, f"{SITE}/", f"{SITE}/story?a=b&c=//evil.example#end", f"{SITE}?x=1", "http://127.0.0.1:8001/story"],
    )
    def test_a_page_of_the_publishers_other_sites_is_kept(self, value: str) -> None:
        assert safe_next(value, "/account", SITES) == value

    @pytest.mark.parametrize(
        "value",
        [
            "https://www.paper.example.evil.example/", "https://www.paper.example@evil.example/",
            "https://www.paper.example:444/", "https://www.paper.example:@evil.example", "http://www.paper.example/",
            "https://evil.example/https://www.paper.example/", "https:/www.paper.example/", "//www.paper.example/",
            "https:www.paper.example/", "HTTPS://www.paper.example/", " https://www.paper.example/",
            "https://www.paper.example\\@evil.example/", "https://www.paper.example\t.evil.example/",
            "https://paper.example/", "https://www.paper.example./", "http://127.0.0.1:80011/",
            "https://www.paper.example#@evil.example/", "https://www.paper.example/ x", f"{SITE}/" + "x" * 3000,
        ],
    )  # fmt: skip
    def test_what_only_looks_like_one_becomes_the_default(self, value: str) -> None:
        assert safe_next(value, "/account", SITES) == "/account"

    @given(st.text(max_size=40))
    def test_whatever_is_given_the_browser_stays_here(self, value: str) -> None:
        kept = safe_next(value)
        assert kept.startswith("/")
        assert not kept.startswith("//")
        assert iri_to_uri(HOME + kept).startswith(HOME + "/")

    @given(st.text(max_size=20))
    def test_nothing_put_behind_a_site_leads_elsewhere(self, value: str) -> None:
        kept = safe_next(SITE + value, "/", SITES)
        assert kept == "/" or urlsplit(iri_to_uri(kept)).netloc == "www.paper.example"


class TestTheCaller:
    proxies = (ipaddress.ip_network("10.0.0.0/8"),)

    def test_without_trusted_proxies_the_peer_is_the_caller(self) -> None:
        assert client_address("203.0.113.9", "66.249.66.1", ()) == "203.0.113.9"

    def test_hops_are_counted_from_the_right(self) -> None:
        assert client_address("10.0.0.1", "66.249.66.1, 198.51.100.7", self.proxies) == "198.51.100.7"

    def test_trusted_hops_are_passed_over(self) -> None:
        assert client_address("10.0.0.1", "198.51.100.7, 10.0.0.2", self.proxies) == "198.51.100.7"

    def test_nonsense_in_the_header_leaves_the_peer(self) -> None:
        assert client_address("10.0.0.1", "unknown", self.proxies) == "10.0.0.1"


class TestTheNetwork:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("198.51.100.7", "198.51.100.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("::ffff:198.51.100.7", "198.51.100.0/24"),
            ("nonsense", "unknown"),
        ],
    )
    def test_it_is_a_24_or_a_64(self, address: str, network: str) -> None:
        assert network_of(address) == network
