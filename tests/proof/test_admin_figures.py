"""The figures of /admin count what is wrong; the walks themselves are tests of the admin's door and pages."""

from dataclasses import replace

from paywall.admin.parts import ROUTES
from paywall.staff.rules import Role
from tests.admin.ground.every_call import Answered
from tests.browser.admin.judging import Judged
from tests.browser.admin.walk import Stop
from tests.proof.admin_pages import problems, summary
from tests.proof.admin_roles import ANONYMOUS, OTHER, READER, Row, shown

OPEN, NOT_THERE = Answered("open", 200), Answered("not there", 404)
WELL = Row(
    next(route for route in ROUTES if route.role is Role.VIEWER),
    "GET",
    {**dict.fromkeys(Role, OPEN), OTHER: NOT_THERE, READER: NOT_THERE, ANONYMOUS: Answered("sign in", 302)},
)
PAGE = Judged(Stop("front", "/admin", 200, is_page=True), is_looked_at=True)


class TestTheTableOfRoles:
    def test_counts_nothing_where_all_is_as_designed(self) -> None:
        assert list(shown([WELL]))[-1] == "1 routes x 6 kinds of people = 6 answers, 0 not as designed"

    def test_names_who_got_further_than_the_role_reaches(self) -> None:
        wrong = replace(WELL, answers={**WELL.answers, READER: OPEN})
        lines = list(shown([WELL, wrong]))
        assert lines[-1].endswith("12 answers, 1 not as designed")
        assert lines[-2] == f"not as designed: {wrong.called} for reader"


class TestThePages:
    def test_are_counted_where_nothing_is_wrong(self) -> None:
        assert problems([PAGE]) == []
        assert summary([PAGE]).startswith("axe-core: 0 violations on 1 pages of 1 kinds")

    def test_each_thing_that_is_wrong_is_a_line(self) -> None:
        stop = replace(PAGE.stop, complaints=["img-src x"], errors=["oh dear"], status=404)
        wrong = Judged(stop, is_looked_at=True, violations={"1280 light": ["label: #q"]}, is_too_wide=True)
        said = summary([PAGE, wrong])
        assert "1 violations on 2 pages" in said
        assert "CSP reports: 1 on 2 pages; errors of scripts: 1; wider than a phone: 1" in said
        assert len(problems([PAGE, wrong])) == 5
