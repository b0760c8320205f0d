"""Readers in turn through a real nginx cache."""

from tests.proof.nginx_cache import alternate

DISOBEDIENT = "proxy_ignore_headers Cache-Control Set-Cookie Vary; proxy_cache_valid 200 1m;"


class TestACacheInFront:
    def test_nobody_gets_another_ones_page(self) -> None:
        tally = alternate(240)
        assert tally.is_good, str(tally)
        assert tally.opened["payer"] == tally.asked["payer"] == 120

    def test_a_cache_that_does_not_obey_would_be_found_out(self) -> None:
        assert alternate(240, DISOBEDIENT).crossings
