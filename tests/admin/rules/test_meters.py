"""Meters, as an admin sets them."""

from paywall.app import Product
from paywall.publishers.profiles import choose
from paywall.publishers.rules import Profile, WindowKind
from paywall.publishers.ruling.meters import WantedMeter, add_meter
from paywall.publishers.setup import ensure_section
from paywall.publishers.tables import Publisher
from tests.admin.at_once import send_at_once, send_each_at_once
from tests.admin.heard import hear_all
from tests.racing import at_once
from tests.staff.people import Person, deeds

SPORT = WantedMeter("sport", 1, 2, WindowKind.DAY)
FORM = {"name": "default", "visitor_allowance": "3", "reader_allowance": "7", "window_kind": "week", "rolling_days": ""}


def profile(product: Product) -> Profile:
    return choose(product.database, "news")


def add_section(product: Product, slug: str) -> None:
    with product.database.writing() as session:
        ensure_section(session, session.get_one(Publisher, profile(product).id), slug, slug.title())


def default_path(product: Product) -> str:
    return f"/admin/meter/{profile(product).default_meter.id}"


class TestAMeter:
    def test_is_changed_and_the_change_is_on_record(self, admin: Person, product: Product) -> None:
        assert admin.act(default_path(product), FORM).status_code == 303
        meter = profile(product).default_meter
        assert (meter.visitor_allowance, meter.reader_allowance, meter.window_kind.value) == (3, 7, "week")
        [deed] = deeds(product, "meter_changed")
        assert deed.detail["before"] == {"visitor_allowance": 5, "reader_allowance": 10, "window_kind": "month"}

    def test_holds_in_this_process_once_the_change_is_heard(self, admin: Person, product: Product) -> None:
        admin.act(default_path(product), FORM)
        hear_all(product)
        assert product.profiles.at_host("news.test").default_meter.visitor_allowance == 3

    def test_sent_by_four_tabs_at_once_is_changed_once(self, admin: Person, product: Product) -> None:
        assert set(send_at_once(admin, default_path(product), FORM)) == {303}
        assert len(deeds(product, "meter_changed")) == 1

    def test_that_is_new_is_added_once_by_four_tabs(self, admin: Person, product: Product) -> None:
        fields = {**FORM, "name": "long reads", "window_kind": "rolling", "rolling_days": "30"}
        assert set(send_at_once(admin, "/admin/meter/0", fields)) == {303}
        assert [meter.name for meter in profile(product).meters] == ["default", "long reads"]
        assert len(deeds(product, "meter_added")) == 1

    def test_is_not_lost_because_others_add_theirs_at_that_moment(self, admin: Person, product: Product) -> None:
        names = [f"meter {number}" for number in range(6)]
        assert set(send_each_at_once(admin, "/admin/meter/0", [{**FORM, "name": name} for name in names])) == {303}
        assert sorted(meter.name for meter in profile(product).meters) == ["default", *names]

    def test_says_in_a_sentence_what_it_means(self, admin: Person, product: Product) -> None:
        admin.act(default_path(product), FORM)
        page = admin.browser.get("/admin/meter").text
        assert "A visitor reads 3 different articles each week. A reader with a free account reads 7." in page
        assert "each Monday at midnight (UTC)" in page

    def test_is_not_touched_by_what_cannot_be_taken(self, admin: Person, product: Product) -> None:
        for wrong in [
            {"visitor_allowance": "-1"},
            {"visitor_allowance": ""},
            {"reader_allowance": "1e3"},
            {"reader_allowance": "1001"},
            {"window_kind": "year"},
            {"window_kind": "rolling", "rolling_days": ""},
            {"window_kind": "rolling", "rolling_days": "367"},
            {"name": " "},
            {"name": "x" * 61},
        ]:
            answer = admin.act(default_path(product), {**FORM, **wrong})
            assert (answer.status_code, 'class="field-error"' in answer.text) == (422, True), wrong
            assert profile(product).default_meter.visitor_allowance == 5
            assert deeds(product, "meter_changed") == []

    def test_cannot_have_anothers_name_that_is_just_being_added(self, admin: Person, product: Product) -> None:
        def add(_: int) -> None:
            with product.database.writing() as session:
                add_meter(session, admin.publisher_id, SPORT, actor="test")

        assert at_once(add) == ["bad_input"] * 5 + ["done"]
        assert [meter.name for meter in profile(product).meters] == ["default", "sport"]

    def test_cannot_have_anothers_name(self, admin: Person) -> None:
        assert admin.act("/admin/meter/0", FORM).status_code == 422

    def test_of_another_newspaper_is_not_there(self, admin: Person, product: Product) -> None:
        theirs = choose(product.database, "other").default_meter.id
        assert admin.browser.get(f"/admin/meter/{theirs}").status_code == 404
        assert admin.act(f"/admin/meter/{theirs}", FORM).status_code == 404
        assert choose(product.database, "other").default_meter.visitor_allowance == 5


class TestSections:
    def test_are_counted_by_the_meter_that_is_chosen(self, admin: Person, product: Product) -> None:
        add_section(product, "world")
        admin.act("/admin/meter/0", {**FORM, "name": "world"})
        number = profile(product).meters[-1].id
        fields = {"section": "world", "meter": str(number)}
        assert set(send_at_once(admin, "/admin/meter/sections", fields)) == {303}
        assert profile(product).meter_for("world").id == number
        assert len(deeds(product, "section_meter_set")) == 1

    def test_fall_back_to_the_default_when_theirs_is_removed(self, admin: Person, product: Product) -> None:
        add_section(product, "world")
        admin.act("/admin/meter/0", {**FORM, "name": "world"})
        number = profile(product).meters[-1].id
        admin.act("/admin/meter/sections", {"section": "world", "meter": str(number)})
        assert set(send_at_once(admin, f"/admin/meter/{number}/removal", {})) == {303}
        assert profile(product).meter_for("world") == profile(product).default_meter
        assert len(deeds(product, "meter_removed")) == 1

    def test_need_the_default_meter(self, admin: Person, product: Product) -> None:
        assert admin.act(f"{default_path(product)}/removal").status_code == 409
        assert profile(product).default_meter.name == "default"

    def test_that_are_not_there_are_not_counted(self, admin: Person, product: Product) -> None:
        number = profile(product).default_meter.id
        assert admin.act("/admin/meter/sections", {"section": "no", "meter": str(number)}).status_code == 404


class TestTheTimeZone:
    def test_is_set_once(self, admin: Person, product: Product) -> None:
        assert set(send_at_once(admin, "/admin/meter/timezone", {"timezone": "Asia/Baku"})) == {303}
        assert profile(product).timezone == "Asia/Baku"
        assert len(deeds(product, "timezone_set")) == 1

    def test_must_be_one(self, admin: Person, product: Product) -> None:
        for zone in ["", "Mars", "../etc/passwd", "UTC+4", "/usr/share/zoneinfo/UTC"]:
            assert admin.act("/admin/meter/timezone", {"timezone": zone}).status_code == 422
            assert profile(product).timezone == "UTC"
