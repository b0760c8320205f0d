"""Changing the access level of many articles: shown first, done once."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from paywall.admin.ground.cursors import pack
from paywall.app import Product
from paywall.articles.managing.levels import MOST
from paywall.staff.rules import Role
from tests.admin.at_once import send_at_once
from tests.admin.content.shelf import article, copy, levels, put
from tests.admin.heard import hear_all
from tests.staff.people import Person, deeds, member

LIST = "/admin/articles"


@pytest.fixture
def admin(product: Product) -> Person:
    put(product, "old", 100)
    put(product, "older", 200, access="subscribers")
    put(product, "new", 1)
    put(product, "sport", 100, section="sport")
    put(product, "theirs", 100, "other")
    return member(product, Role.ADMIN)


def preview(admin: Person, query: str) -> dict[str, str]:
    """Return the fields of the form that would carry out what the preview shows."""
    page = admin.browser.get(f"{LIST}/levels?{query}").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    return {**dict(parse_qsl(query)), "seen": seen[1]}


class TestThePreview:
    def test_says_how_many_and_which_and_changes_nothing(self, admin: Person) -> None:
        page = admin.browser.get(f"{LIST}/levels?section=world&older_days=30&to=free").text
        assert "2 articles will be free" in page
        assert ("Title of old<" in page, "Title of older<" in page, "Title of new<" in page) == (True, True, False)
        assert set(levels(admin.product).values()) == {"metered", "subscribers"}

    def test_counts_out_what_is_so_already(self, admin: Person) -> None:
        page = admin.browser.get(f"{LIST}/levels?section=world&to=subscribers").text
        assert ("2 articles will be subscribers" in page, "1 more is subscribers already" in page) == (True, True)

    def test_says_that_nothing_would_change(self, admin: Person) -> None:
        assert "Nothing would change" in admin.browser.get(f"{LIST}/levels?section=sport&to=metered").text


class TestTags:
    @pytest.fixture
    def tagged(self, admin: Person) -> Person:
        put(admin.product, "harbour", 100, tags=("The Harbour", "Baku"))
        put(admin.product, "theirs-too", 100, "other", tags=("Baku",))
        return admin

    @pytest.mark.parametrize("tag", ["Baku", "baku", "the harbour", "The-Harbour"])
    def test_find_their_articles_however_they_are_spelled(self, tagged: Person, tag: str) -> None:
        page = tagged.browser.get(LIST, query_string={"tag": tag}).text
        assert set(re.findall(r"Title of ([\w-]+)", page)) == {"harbour"}

    @pytest.mark.parametrize("tag", ["Bak", "nothing", "%"])
    def test_find_nothing_by_a_part_of_them(self, tagged: Person, tag: str) -> None:
        assert "No article was found" in tagged.browser.get(LIST, query_string={"tag": tag}).text

    def test_choose_whose_access_level_changes(self, tagged: Person) -> None:
        assert tagged.act(f"{LIST}/levels", preview(tagged, "tag=baku&older_days=30&to=free")).status_code == 303
        found = levels(tagged.product)
        assert [key for key, level in found.items() if level == "free"] == ["harbour"]

    def test_stand_on_the_articles_page_and_lead_to_the_others(self, tagged: Person) -> None:
        number = put(tagged.product, "ferry", tags=("The Sea & <i>",))
        page = tagged.browser.get(f"{LIST}/{number}").text
        assert 'href="/admin/articles?tag=The%20Sea%20%26%20%3Ci%3E"' in page
        assert "The Sea &amp; &lt;i&gt;" in page


class TestTheChange:
    def test_concerns_those_that_were_shown_and_no_others(self, admin: Person) -> None:
        fields = preview(admin, "section=world&older_days=30&to=free")
        assert admin.act(f"{LIST}/levels", fields).status_code == 303
        found = levels(admin.product)
        assert found == {
            "old": "free",
            "older": "free",
            "new": "metered",
            "sport": "metered",
            "theirs": "metered",
        }

    def test_is_on_record_with_what_was_before(self, admin: Person) -> None:
        admin.act(f"{LIST}/levels", preview(admin, "section=world&older_days=30&to=free"))
        [deed] = deeds(admin.product, "articles_access_changed")
        assert (deed.actor, deed.detail["before"]) == (admin.staff.actor, {"metered": 1, "subscribers": 1})

    def test_gives_each_article_another_version(self, admin: Person) -> None:
        number = put(admin.product, "fresh", 3)
        before = article(admin.product, number).version
        admin.act(f"{LIST}/levels", preview(admin, "q=fresh&to=free"))
        assert article(admin.product, number).version != before

    def test_sent_by_four_tabs_at_once_is_done_once(self, admin: Person) -> None:
        fields = preview(admin, "section=world&to=registered")
        assert set(send_at_once(admin, f"{LIST}/levels", fields)) == {303}
        assert len(deeds(admin.product, "articles_access_changed")) == 1

    def test_shows_again_where_other_articles_fit_by_now(self, admin: Person) -> None:
        fields = preview(admin, "section=sport&to=free")
        put(admin.product, "late", 2, section="sport")
        answer = admin.act(f"{LIST}/levels", fields)
        assert (answer.status_code, "2 articles will be free" in answer.text) == (409, True)
        assert levels(admin.product)["sport"] == "metered"
        assert deeds(admin.product, "articles_access_changed") == []

    def test_is_met_by_readers_at_once(self, admin: Person) -> None:
        number = put(admin.product, "gated", 3, access="subscribers")
        slug = article(admin.product, number).slug
        catalogue = admin.product.gate.catalogue
        before = catalogue.card(admin.publisher_id, slug)
        admin.act(f"{LIST}/levels", preview(admin, "q=gated&to=free"))
        hear_all(admin.product)
        after = catalogue.card(admin.publisher_id, slug)
        assert before
        assert after
        assert (before.access, after.access) == ("subscribers", "free")


class TestTheList:
    def test_finds_by_words_section_author_level_and_age(self, admin: Person) -> None:
        for query, found in {
            "q=TITLE+of+SPORT": {"sport"},
            "q=sport": {"sport"},
            "section=sport": {"sport"},
            "access=subscribers": {"older"},
            "older_days=150": {"older"},
            "newer_days=50": {"new"},
            "q=%25": set(),
            "author=Nobody": set(),
        }.items():
            page = admin.browser.get(f"{LIST}?{query}").text
            assert set(re.findall(r"Title of (\w+)<", page)) == found, query

    def test_shows_nothing_of_another_newspaper(self, admin: Person) -> None:
        assert "Title of theirs" not in admin.browser.get(LIST).text

    def test_says_what_is_wrong_with_a_question(self, admin: Person) -> None:
        for query in ["older_days=x", "older_days=-1", "access=all", "page=0", "newer_days=9e9", "q=" + "x" * 300]:
            answer = admin.browser.get(f"{LIST}?{query}")
            assert (answer.status_code, "Error:" in answer.text) == (400, True)

    def test_offers_viewers_no_change(self, admin: Person) -> None:
        viewer = member(admin.product, Role.VIEWER)
        assert "See what would change" in admin.browser.get(LIST).text
        assert "See what would change" not in viewer.browser.get(LIST).text

    def test_leads_from_page_to_page_with_its_question(self, admin: Person) -> None:
        put(admin.product, "many", 10)
        copy(admin.product, "many", 59)
        later = beside(admin, f"{LIST}?q=many", "next")
        assert dict(parse_qsl(urlsplit(later).query))["q"] == "many"
        assert len(re.findall("Title of many", admin.browser.get(later).text)) == 10


def beside(admin: Person, path: str, way: str) -> str:
    """Return where the link to the page `next` to this one, or `prev`, leads; empty where there is none."""
    found = re.search(rf'rel="{way}"[^>]*href="([^"]+)"', admin.browser.get(path).text)
    return found[1].replace("&amp;", "&") if found else ""


class TestItsPages:
    @pytest.fixture
    def shelf(self, admin: Person) -> Person:
        """Articles of one moment, more than two pages of them, so that only their numbers tell them apart."""
        put(admin.product, "many", 10)
        copy(admin.product, "many", 119)
        return admin

    @staticmethod
    def listed(admin: Person, path: str) -> list[int]:
        found = re.findall(r'<th scope="row"><a href="/admin/articles/(\d+)"', admin.browser.get(path).text)
        return [int(number) for number in found]

    def walked(self, admin: Person, path: str, way: str) -> list[list[int]]:
        pages = []
        while path:
            pages.append(self.listed(admin, path))
            path = beside(admin, path, way)
        return pages

    def test_have_each_article_once_newest_first_on_the_way_there_and_back(self, shelf: Person) -> None:
        there = self.walked(shelf, f"{LIST}?q=many", "next")
        assert [len(page) for page in there] == [50, 50, 20]
        whole = [number for page in there for number in page]
        assert whole == sorted(set(whole), reverse=True)
        last = beside(shelf, beside(shelf, f"{LIST}?q=many", "next"), "next")
        assert self.walked(shelf, last, "prev") == there[::-1]

    def test_show_nothing_twice_and_miss_nothing_where_an_article_comes_in_between(self, shelf: Person) -> None:
        first, later = self.listed(shelf, f"{LIST}?q=many"), beside(shelf, f"{LIST}?q=many", "next")
        put(shelf.product, "many-new", 1)
        second = self.listed(shelf, later)
        assert (len(second), set(first) & set(second), min(first) > max(second)) == (50, set(), True)
        assert beside(shelf, beside(shelf, later, "prev"), "prev")

    @pytest.mark.parametrize(
        "word",
        [
            "2",
            "x",
            "%00",
            pack(),
            pack("2026-01-01", 7, False),
            pack("0001-01-01T00:00:00+14:00", 7, False),
            pack("2026-01-01T00:00:00+00:00", 2**63, False),
            pack("2026-01-01T00:00:00+00:00", True, False),
            pack(7, "x", False),
        ],
    )
    def test_that_were_made_up_are_a_bad_question(self, admin: Person, word: str) -> None:
        answer = admin.browser.get(f"{LIST}?page={word}")
        assert (answer.status_code, "Begin with all articles" in answer.text) == (400, True)


class TestTooManyAtOnce:
    def test_are_refused_by_a_sentence_that_names_the_limit(self, admin: Person) -> None:
        copy(admin.product, "old", MOST)
        answer = admin.browser.get(f"{LIST}/levels?section=world&to=free")
        assert (answer.status_code, "At most 2,000 articles are changed in one step" in answer.text) == (400, True)
