"""API keys, as an admin makes and ends them."""

import re

from paywall import clock
from paywall.app import Product
from paywall.publishers.keys.listing import KeyFacts, list_keys
from paywall.publishers.profiles import choose
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.staff.people import Person, deeds, member

FORM = {"name": "Our site", "kind": "secret", "calls": "100", "origins": "", "scope-check": "yes"}


def keys(product: Product, slug: str = "news") -> list[KeyFacts]:
    with product.database.reading() as session:
        return list_keys(session, choose(product.database, slug).id, clock.wall())


def made(admin: Person, **fields: str) -> str:
    """Make a key, and return it as the page shows it."""
    page = admin.act("/admin/keys", {**FORM, **fields}).text
    found = re.search(r'id="secret">(pw_[^<]+)<', page)
    assert found
    return found[1]


class TestAKey:
    def test_is_shown_whole_once_and_works(self, admin: Person, product: Product) -> None:
        key = made(admin)
        header = {"Authorization": f"Bearer {key}"}
        answer = product.flask.test_client().get("/v1/articles", headers=header, base_url="https://news.test")
        assert answer.status_code == 403
        assert "scope" in answer.text
        assert key not in admin.browser.get("/admin/keys").text
        assert keys(product)[0].shown_as in key

    def test_may_do_what_was_ticked_and_nothing_else(self, admin: Person, product: Product) -> None:
        made(admin, **{"scope-articles": "yes"})
        assert keys(product)[0].scopes == ("articles", "check")

    def test_of_a_page_is_bound_to_its_origins(self, admin: Person, product: Product) -> None:
        origins = "https://a.example https://b.example"
        assert made(admin, kind="publishable", origins=origins).startswith("pw_pk_")
        assert keys(product)[0].origins == ("https://a.example", "https://b.example")

    def test_is_made_once_by_four_tabs(self, admin: Person, product: Product) -> None:
        answers = send_at_once(admin, "/admin/keys", FORM)
        assert sorted(answers) == [200, 303, 303, 303]
        assert (len(keys(product)), len(deeds(product, "key_created"))) == (1, 1)

    def test_is_replaced_once_by_four_tabs(self, admin: Person, product: Product) -> None:
        made(admin)
        path = f"/admin/keys/{keys(product)[0].shown_as}/replacement"
        assert sorted(send_at_once(admin, path, {"hours": "24"})) == [200, 303, 303, 303]
        assert [key.expires_at is None for key in keys(product)] == [True, False]
        assert len(deeds(product, "key_rotated")) == 1

    def test_ends_once_by_four_tabs(self, admin: Person, product: Product) -> None:
        made(admin)
        path = f"/admin/keys/{keys(product)[0].shown_as}/end"
        assert set(send_at_once(admin, path, {})) == {303}
        assert keys(product)[0].is_live is False
        assert len(deeds(product, "key_revoked")) == 1

    def test_is_not_made_of_what_cannot_be_taken(self, admin: Person, product: Product) -> None:
        for wrong in [
            {"name": ""},
            {"scope-check": ""},
            {"kind": "publishable", "scope-articles": "yes"},
            {"kind": "publishable", "origins": "ftp://x"},
            {"origins": "https://a.example"},
            {"calls": "0"},
            {"calls": "many"},
        ]:
            answer = admin.act("/admin/keys", {**FORM, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert keys(product) == []

    def test_of_another_newspaper_is_not_there(self, admin: Person, product: Product) -> None:
        neighbour = member(product, Role.ADMIN, "neighbour@example.com", "other")
        made(neighbour)
        shown_as = keys(product, "other")[0].shown_as
        assert admin.browser.get(f"/admin/keys/{shown_as}").status_code == 404
        assert admin.act(f"/admin/keys/{shown_as}/end").status_code == 404
        assert keys(product, "other")[0].is_live
