"""The wall, as an admin sets it, and the preview of its invitation."""

import re
from html import unescape
from types import MappingProxyType

from paywall.app import Product
from paywall.publishers.profiles import choose
from paywall.publishers.rules import Profile
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.content.shelf import article, put
from tests.admin.heard import hear_all
from tests.admin.rules.test_meters import add_section
from tests.staff.people import Person, deeds, member

WALL = {"registration_wall": "yes", "wall_lifted_until": "", "network_cap_factor": "", "preview_words": "80"}
WORDS = {"headline": "Read <on>", "text": "All of it, every day.", "button": "Join"}


def profile(product: Product) -> Profile:
    return choose(product.database, "news")


class TestTheWall:
    def test_is_set_once_by_four_tabs(self, admin: Person, product: Product) -> None:
        assert set(send_at_once(admin, "/admin/wall", WALL)) == {303}
        found = profile(product)
        assert (found.registration_wall, found.network_cap_factor, found.preview_words) == (True, None, 80)
        [deed] = deeds(product, "wall_set")
        assert deed.detail["before"] == {"registration_wall": False, "network_cap_factor": 20, "preview_words": 100}

    def test_is_lifted_until_a_time_of_the_papers_own_zone(self, admin: Person, product: Product) -> None:
        admin.act("/admin/meter/timezone", {"timezone": "Asia/Baku"})
        hear_all(product)
        admin.act("/admin/wall", {**WALL, "wall_lifted_until": "2099-01-01T12:00"})
        lifted = profile(product).wall_lifted_until
        assert lifted
        assert lifted.isoformat() == "2099-01-01T08:00:00+00:00"

    def test_of_a_section_is_lifted_once(self, admin: Person, product: Product) -> None:
        add_section(product, "world")
        fields = {"section": "world", "until": "2099-01-01T12:00"}
        assert set(send_at_once(admin, "/admin/wall/sections", fields)) == {303}
        assert "lifted until 2099-01-01 12:00" in admin.browser.get("/admin/wall").text
        assert len(deeds(product, "section_wall_lifted")) == 1

    def test_stays_where_something_cannot_be_taken(self, admin: Person, product: Product) -> None:
        for wrong in [
            {"preview_words": "5"},
            {"network_cap_factor": "0"},
            {"wall_lifted_until": "x"},
            {"preview_words": ""},
        ]:
            assert admin.act("/admin/wall", {**WALL, **wrong}).status_code == 422
            assert profile(product).registration_wall is False


class TestCrawlers:
    def test_are_set_once_and_only_what_is_different_is_noted(self, admin: Person, product: Product) -> None:
        page = admin.browser.get("/admin/wall/crawlers").text
        names = re.findall(r'<select name="([^"]+)"', page)
        fields = dict.fromkeys(names, "preview")
        assert set(send_at_once(admin, "/admin/wall/crawlers", fields)) == {303}
        [deed] = deeds(product, "crawlers_set")
        assert set(profile(product).crawlers.values()) == {"preview"}
        assert 0 < len(deed.detail) < len(names)

    def test_get_nothing_else_than_full_or_preview(self, admin: Person, product: Product) -> None:
        [name, *_] = re.findall(r'<select name="([^"]+)"', admin.browser.get("/admin/wall/crawlers").text)
        assert admin.act("/admin/wall/crawlers", {name: "everything"}).status_code == 422
        assert profile(product).crawlers == {}


def robots(admin: Person) -> str:
    return admin.browser.get("/robots.txt").text


class TestRobots:
    REFUSED = MappingProxyType({"ai-training": "refused", "ai-answers": "welcome"})

    def test_ask_nobody_to_stay_away_unless_an_admin_says_so(self, admin: Person) -> None:
        assert robots(admin).startswith("User-agent: *\nDisallow: /account")

    def test_ask_a_group_to_stay_away_and_leave_the_others_alone(self, admin: Person, product: Product) -> None:
        assert set(send_at_once(admin, "/admin/wall/robots", dict(self.REFUSED))) == {303}
        hear_all(product)
        first, rest = robots(admin).split("\n\n", 1)
        assert ("User-agent: GPTBot\n" in first, "OAI-SearchBot" in first) == (True, False)
        assert (first.endswith("\nDisallow: /"), rest.startswith("User-agent: *\n")) == (True, True)
        [deed] = deeds(product, "crawlers_set")
        assert deed.detail == {"ai-training": "refused"}

    def test_say_so_on_the_page_and_take_it_back(self, admin: Person, product: Product) -> None:
        admin.act("/admin/wall/robots", dict(self.REFUSED))
        hear_all(product)
        page = admin.browser.get("/admin/wall/crawlers").text
        assert 'name="ai-training" value="refused" checked' in page
        admin.act("/admin/wall/robots", {"ai-training": "welcome"})
        hear_all(product)
        assert robots(admin).startswith("User-agent: *\n")

    def test_change_nothing_of_what_crawlers_get(self, admin: Person, product: Product) -> None:
        before = re.findall(r"<option[^>]* selected>", admin.browser.get("/admin/wall/crawlers").text)
        admin.act("/admin/wall/robots", {"ai-training": "refused", "ai-answers": "refused"})
        hear_all(product)
        assert re.findall(r"<option[^>]* selected>", admin.browser.get("/admin/wall/crawlers").text) == before

    def test_take_no_other_word(self, admin: Person, product: Product) -> None:
        assert admin.act("/admin/wall/robots", {"ai-training": "full"}).status_code == 422
        assert profile(product).crawlers == {}

    def test_of_another_version_of_the_page_are_shown_beside_it(self, admin: Person, product: Product) -> None:
        [seen] = re.findall(r'name="seen" value="([^"]+)"', admin.browser.get("/admin/wall/crawlers").text)[1:]
        admin.act("/admin/wall/robots", dict(self.REFUSED))
        answer = admin.act("/admin/wall/robots", {"ai-answers": "refused", "ai-training": "welcome", "seen": seen})
        assert answer.status_code == 409
        assert profile(product).crawlers == {"ai-training": "refused"}


class TestTheInvitation:
    def test_gets_its_words_once(self, admin: Person, product: Product) -> None:
        assert set(send_at_once(admin, "/admin/wall/invitation", WORDS)) == {303}
        assert profile(product).invitation.headline == "Read <on>"
        assert len(deeds(product, "invitation_set")) == 1

    def test_keeps_its_words_where_others_cannot_be_taken(self, admin: Person, product: Product) -> None:
        for wrong in [{"headline": ""}, {"text": "x" * 401}, {"button": "a\x07b"}]:
            answer = admin.act("/admin/wall/invitation", {**WORDS, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert profile(product).invitation.button == "Subscribe"


class TestThePreview:
    LONG = " ".join(["word"] * 200)

    def framed(self, admin: Person, fields: dict[str, str]) -> str:
        page = admin.act("/admin/wall/invitation/preview", fields)
        assert page.status_code == 200
        found = re.search(r'<iframe [^>]*src="([^"]+)"', page.text)
        assert found
        return unescape(found[1])

    def test_shows_words_that_are_not_saved_on_a_real_article(self, admin: Person, product: Product) -> None:
        put(product, "locked", access="subscribers")
        shown = admin.browser.get(self.framed(admin, {**WORDS, "case": "meter_used_up"})).text
        assert ("Read &lt;on&gt;" in shown, "Title of locked" in shown, "You have read your free" in shown) == (
            True,
        ) * 3
        assert profile(product).invitation.button == "Subscribe"

    def test_never_holds_the_text_behind_the_wall(self, product: Product) -> None:
        put(product, "locked", access="subscribers", html=f"<p>{self.LONG}</p><p>{self.LONG}</p><p>canary</p>")
        viewer = member(product, Role.VIEWER)
        address = self.framed(viewer, WORDS)
        assert "canary" not in viewer.browser.get(address).text

    def test_stands_in_frames_of_our_own_pages_only(self, admin: Person, product: Product) -> None:
        put(product, "locked")
        address = self.framed(admin, WORDS)
        policies = [
            admin.browser.get(path).headers["Content-Security-Policy"] for path in (address, "/admin/wall/invitation")
        ]
        assert ["frame-ancestors 'self'" in policies[0], "frame-src 'self'" in policies[1]] == [True, True]
        assert "unsafe" not in "".join(policies)

    def test_has_nothing_to_show_of_what_is_not_there(self, admin: Person, product: Product) -> None:
        theirs = put(product, "theirs", slug="other")
        for name in ("nothing", "%00", article(product, theirs).slug):
            assert admin.browser.get(f"/admin/wall/invitation/page?article={name}").status_code == 404
