"""Every level x entitlement x meter x wall setting, with the answer written by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paywall.articles.rules import AccessLevel
from paywall.entitlements.rules import Standing
from paywall.gate.decide import NEEDS_METER, RULES, Case, first_step, second_step
from paywall.gate.decision import OPENING, Decision, Extent, Prompt, Reason

RESETS = datetime(2026, 12, 1, tzinfo=UTC)
LEVEL = {word.value: word for word in AccessLevel}

# who: visitor, reader, staff, suspended, owing, a standing · wall: up, lifted, registration · allowance
# level        who            wall          allowance  answer
CASES = """
free           visitor        up            3          full       free_article            none
free           reader         up            5          full       free_article            none
free           subscribed     up            5          full       free_article            none
free           suspended      up            5          full       free_article            none
free           staff          up            5          full       free_article            none
free           visitor        registration  3          full       free_article            none
free           visitor        up            0          full       free_article            none
registered     visitor        up            3          preview    registration_required   register
registered     visitor        registration  3          preview    registration_required   register
registered     visitor        lifted        3          full       free_article            none
registered     reader         up            5          full       registered              none
registered     reader         up            0          full       registered              none
registered     suspended      up            5          full       registered              none
registered     owing          up            5          full       registered              none
registered     subscribed     up            5          full       subscribed              none
registered     in_grace       up            5          full       in_grace                update_payment
registered     staff          up            5          full       staff                   none
metered        visitor        up            3          meter      -                       -
metered        visitor        up            0          preview    subscription_required   subscribe
metered        visitor        lifted        3          full       free_article            none
metered        visitor        lifted        0          full       free_article            none
metered        visitor        registration  3          preview    registration_required   register
metered        visitor        registration  0          preview    registration_required   register
metered        reader         up            5          meter      -                       -
metered        reader         up            0          preview    subscription_required   subscribe
metered        reader         registration  5          meter      -                       -
metered        reader         lifted        5          full       free_article            none
metered        suspended      up            5          preview    suspended               update_payment
metered        suspended      lifted        5          full       free_article            none
metered        owing          up            5          meter      -                       -
metered        owing          up            0          preview    subscription_required   update_payment
metered        subscribed     up            5          full       subscribed              none
metered        subscribed     up            0          full       subscribed              none
metered        subscribed     lifted        5          full       free_article            none
metered        trialing       up            5          full       trialing                none
metered        in_grace       up            5          full       in_grace                update_payment
metered        paid_through   up            5          full       paid_through            none
metered        comp           up            5          full       comp                    none
metered        staff          up            0          full       staff                   none
subscribers    visitor        up            3          preview    subscription_required   subscribe
subscribers    visitor        registration  3          preview    subscription_required   subscribe
subscribers    visitor        lifted        3          full       free_article            none
subscribers    reader         up            5          preview    subscription_required   subscribe
subscribers    suspended      up            5          preview    suspended               update_payment
subscribers    owing          up            5          preview    subscription_required   update_payment
subscribers    owing          lifted        5          full       free_article            none
subscribers    subscribed     up            0          full       subscribed              none
subscribers    trialing       up            5          full       trialing                none
subscribers    in_grace       up            5          full       in_grace                update_payment
subscribers    paid_through   up            5          full       paid_through            none
subscribers    comp           up            5          full       comp                    none
subscribers    staff          up            5          full       staff                   none
""".strip().splitlines()


def case(level: str, who: str, wall: str, allowance: str, *, is_uncertain: bool = False) -> Case:
    standing = Standing(who) if who in set(Standing) else None
    return Case(
        level=LEVEL[level],
        allowance=int(allowance),
        standing=standing,
        is_suspended=who == "suspended",
        is_registered=who != "visitor",
        is_staff=who == "staff",
        wall_is_lifted=wall == "lifted",
        registration_wall=wall == "registration",
        is_uncertain=is_uncertain,
        owes=who == "owing",
    )


@pytest.mark.parametrize("row", CASES, ids=lambda row: "-".join(row.split()[:4]))
def test_the_first_step_answers_as_written(row: str) -> None:
    level, who, wall, allowance, extent, reason, prompt = row.split()
    answer = first_step(case(level, who, wall, allowance))
    if extent == "meter":
        assert answer is NEEDS_METER
    else:
        assert answer == Decision(Extent(extent), Reason(reason), Prompt(prompt))


@pytest.mark.parametrize("row", [row for row in CASES if " preview " in row], ids=lambda row: "-".join(row.split()[:4]))
def test_what_would_be_shut_asks_to_try_again_while_the_database_can_not_say(row: str) -> None:
    level, who, wall, allowance, *_ = row.split()
    answer = first_step(case(level, who, wall, allowance, is_uncertain=True))
    assert isinstance(answer, Decision)
    if who == "suspended":  # that much is known
        assert answer.reason is Reason.SUSPENDED
    else:
        assert answer == Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN)


# opened  counts  used  answer
METER = """
newly     yes     1     full       metered           none                2
again     yes     2     full       metered           none                1
newly     yes     3     full       metered           last_free_article   0
again     yes     3     full       metered           none                0
again     yes     9     full       metered           none                0
again     no      1     full       metered           none                2
no        yes     3     preview    meter_used_up     subscribe           0
no        yes     9     preview    meter_used_up     subscribe           0
no        yes     1     preview    meter_used_up     subscribe           0
no        no      3     preview    meter_used_up     subscribe           0
no        no      1     preview    metered           none                2
""".strip().splitlines()


@pytest.mark.parametrize("row", METER, ids=lambda row: "-".join(row.split()[:3]))
def test_the_second_step_answers_as_written(row: str) -> None:
    opened, counts, used, extent, reason, prompt, left = row.split()
    answer = second_step(
        case("metered", "visitor", "up", "3"),
        opened=opened != "no", newly=opened == "newly", counts=counts == "yes",
        views_used=int(used), resets_at=RESETS,
    )  # fmt: skip
    assert answer == Decision(Extent(extent), Reason(reason), Prompt(prompt), int(left), RESETS)


def test_a_spent_meter_says_whether_it_was_an_accounts() -> None:
    said = {"opened": False, "newly": False, "counts": True, "views_used": 3, "resets_at": RESETS}
    answers = [second_step(case("metered", who, "up", "3"), **said) for who in ("visitor", "reader")]  # type: ignore[arg-type]
    assert [answer.is_registered for answer in answers] == [False, True]


def test_a_spent_meter_asks_who_owes_to_pay() -> None:
    answer = second_step(
        case("metered", "owing", "up", "3"), opened=False, newly=False, counts=True, views_used=3, resets_at=RESETS
    )
    assert (answer.reason, answer.prompt) == (Reason.METER_USED_UP, Prompt.UPDATE_PAYMENT)


def test_a_spent_meter_asks_to_try_again_while_the_database_can_not_say() -> None:
    uncertain = case("metered", "visitor", "up", "3", is_uncertain=True)
    answer = second_step(uncertain, opened=False, newly=False, counts=True, views_used=3, resets_at=RESETS)
    assert answer == Decision(Extent.PREVIEW, Reason.DATABASE_UNAVAILABLE, Prompt.TRY_AGAIN)


ANY_CASE = st.builds(
    Case,
    level=st.sampled_from(AccessLevel),
    allowance=st.integers(-1, 20),
    standing=st.none() | st.sampled_from(Standing),
    is_suspended=st.booleans(),
    is_registered=st.booleans(),
    is_staff=st.booleans(),
    wall_is_lifted=st.booleans(),
    registration_wall=st.booleans(),
    is_uncertain=st.booleans(),
    owes=st.booleans(),
    proof=st.none() | st.sampled_from(Reason),
    is_crawler=st.booleans(),
)


@pytest.mark.parametrize("level", AccessLevel)
@pytest.mark.parametrize("reason", Reason)
def test_a_pass_that_was_shown_opens_its_article_if_its_reason_is_one_that_opens(
    level: AccessLevel, reason: Reason
) -> None:
    answer = first_step(Case(level, 0, proof=reason))
    assert isinstance(answer, Decision)
    if level is AccessLevel.FREE:
        assert answer.reason is Reason.FREE_ARTICLE
    else:
        assert answer.is_full == (reason in OPENING)
        assert answer.reason is reason or not answer.is_full


@pytest.mark.parametrize("level", AccessLevel)
def test_a_crawler_that_may_reads_everything_and_what_is_free_is_free(level: AccessLevel) -> None:
    answer = first_step(Case(level, 0, registration_wall=True, is_uncertain=True, is_crawler=True))
    assert isinstance(answer, Decision)
    assert answer.is_full
    assert answer.reason is (Reason.FREE_ARTICLE if level is AccessLevel.FREE else Reason.VERIFIED_CRAWLER)


class TestWhateverTheCase:
    @given(ANY_CASE.filter(lambda c: c.owes))
    def test_who_owes_is_never_asked_to_subscribe(self, some: Case) -> None:
        answer = first_step(some)
        assert answer is NEEDS_METER or answer.prompt is not Prompt.SUBSCRIBE

    @given(ANY_CASE)
    def test_there_is_an_answer(self, some: Case) -> None:
        assert any(rule(some) is not None for rule in RULES)

    @given(ANY_CASE.filter(lambda c: c.level is AccessLevel.SUBSCRIBERS and not c.wall_is_lifted))
    def test_subscribers_articles_open_only_for_the_entitled_staff_crawlers_and_who_shows_a_pass(
        self, some: Case
    ) -> None:
        answer = first_step(some)
        assert isinstance(answer, Decision)
        is_entitled = some.standing is not None or some.is_staff
        assert answer.is_full == (is_entitled or some.is_crawler or some.proof in OPENING)

    @given(ANY_CASE.filter(lambda c: c.standing is not None))
    def test_the_entitled_read_everything_without_a_meter(self, some: Case) -> None:
        answer = first_step(some)
        assert isinstance(answer, Decision)
        assert answer.is_full

    @given(ANY_CASE)
    def test_what_is_open_asks_for_nothing_that_would_open_it(self, some: Case) -> None:
        answer = first_step(some)
        if isinstance(answer, Decision) and answer.is_full:
            assert answer.prompt in (Prompt.NONE, Prompt.UPDATE_PAYMENT)

    @given(ANY_CASE.filter(lambda c: c.level is AccessLevel.METERED), st.booleans(), st.integers(0, 30))
    def test_the_meter_opens_nothing_that_it_did_not_say_was_open(self, some: Case, counts: bool, used: int) -> None:
        answer = second_step(some, opened=False, newly=False, counts=counts, views_used=used, resets_at=RESETS)
        assert not answer.is_full
