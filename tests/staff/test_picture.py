"""The QR code of the second factor's key, as it stands in the page."""

import re

import pytest
import segno

from paywall.admin.staff.picture import picture_of
from paywall.app import Product
from paywall.staff.rules import Role
from paywall.staff.totp import address_for_apps
from tests.staff.people import Person, person

KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BAR = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def drawn(path: str, size: int) -> list[list[int]]:
    """Return the modules that a path makes dark, white margin and all."""
    modules = [[0] * size for _ in range(size)]
    for x, y, width, back in (map(int, bar) for bar in _BAR.findall(path)):
        assert width == back
        modules[y][x : x + width] = [1] * width
    return modules


class TestThePicture:
    @pytest.mark.parametrize("email", ["a@b.example", "a.very.long.name.of.somebody@a-long-host-name.example.org"])
    def test_is_the_code_with_four_modules_of_white_around(self, email: str) -> None:
        address = address_for_apps(KEY, email, "The News")
        picture = picture_of(address)
        assert _BAR.sub("", picture.path) == ""
        code = segno.make(address, micro=False, error="m", boost_error=False)
        assert drawn(picture.path, picture.size) == [list(row) for row in code.matrix_iter(border=4)]


class TestThePageThatSetsTheFactorUp:
    @pytest.fixture
    def somebody(self, product: Product) -> Person:
        somebody = person(product, "support@example.com")
        somebody.join(Role.SUPPORT)
        return somebody

    def test_shows_the_code_of_the_key_that_it_says(self, somebody: Person) -> None:
        page = somebody.browser.get("/admin/second-factor").text
        typed = re.search(r'id="key">([^<]+)<', page)
        assert typed
        address = address_for_apps(typed[1].replace(" ", ""), "support@example.com", "The News")
        assert f'd="{picture_of(address).path}"' in page
        assert 'role="img" aria-label="QR code of the key below' in page

    def test_says_how_it_looks_in_the_stylesheet_only(self, somebody: Person) -> None:
        page = somebody.browser.get("/admin/second-factor").text
        assert (" style=" in page, "<style" in page) == (False, False)
