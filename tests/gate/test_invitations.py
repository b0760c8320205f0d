"""The wall's words: the truth for each reason, and never more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from paywall.articles.rules import AccessLevel
from paywall.gate.decision import Decision, Extent, Prompt, Reason
from paywall.gate.words.invitations import Ask, Wording, invitation
from paywall.gate.words.notices import notice
from paywall.publishers.rules import Invitation, MeterRules, Profile, WindowKind

MONTHLY = MeterRules(1, "default", 3, 5, WindowKind.MONTH, None)
MIDNIGHT_IN_BAKU = datetime(2026, 11, 30, 20, tzinfo=UTC)
USED_UP = Decision(Extent.PREVIEW, Reason.METER_USED_UP, Prompt.SUBSCRIBE, 0, MIDNIGHT_IN_BAKU)
PAPER = Profile(
    id=1, slug="news", name="The News", description="", timezone="Asia/Baku", language="en", accent="#8a1c1c",
    contact_email="letters@news.test", hosts=("news.test",), registration_wall=False, wall_lifted_until=None,
    network_cap_factor=None, preview_words=100, default_meter=MONTHLY, meters=(MONTHLY,), sections=(),
    invitation=Invitation("Support us", "Every article, for the price of a tea.", "Join"),
)  # fmt: skip


def words(
    decision: Decision | None,
    access: AccessLevel = AccessLevel.METERED,
    meter: MeterRules = MONTHLY,
    paper: Profile = PAPER,
) -> Wording:
    return invitation(Ask(decision, paper, meter, access, "/articles/the-ferry"))


class TestWhenTheAllowanceIsUsedUp:
    def test_it_says_when_the_articles_return_in_the_publishers_zone(self) -> None:
        assert words(USED_UP).why == "You have read your free articles this month. They return on 1 December."

    @pytest.mark.parametrize(
        ("kind", "days", "why"),
        [
            (WindowKind.DAY, None, "You have read your free articles today. They return on 1 December."),
            (WindowKind.WEEK, None, "You have read your free articles this week. They return on 1 December."),
            (
                WindowKind.ROLLING,
                30,
                "You have read your free articles in these 30 days. The next one is",
            ),
            (WindowKind.ROLLING, 1, "You have read your free articles in these 24 hours. The next one is"),
        ],
    )
    def test_the_window_is_named_as_the_meter_counts(self, kind: WindowKind, days: int | None, why: str) -> None:
        assert words(USED_UP, meter=replace(MONTHLY, window_kind=kind, rolling_days=days)).why.startswith(why)

    def test_the_publishers_words_invite_and_lead_back_to_the_article(self) -> None:
        wording = words(USED_UP)
        assert (wording.headline, wording.offer) == ("Support us", "Every article, for the price of a tea.")
        assert (wording.button.label, wording.button.path) == ("Join", "/subscribe?next=/articles/the-ferry")
        assert wording.beside_link is not None
        assert wording.beside_link.path == "/login?next=/articles/the-ferry"
        assert wording.shows_price

    def test_a_larger_allowance_of_an_account_is_mentioned(self) -> None:
        wording = words(USED_UP)
        assert wording.also == "A free account has 5 articles a month."
        assert wording.also_link is not None
        assert wording.also_link.path == "/signup?next=/articles/the-ferry"

    def test_an_allowance_that_is_no_larger_is_not(self) -> None:
        assert words(USED_UP, meter=replace(MONTHLY, reader_allowance=3)).also_link is None

    def test_one_article_is_one_article(self) -> None:
        meter = replace(MONTHLY, visitor_allowance=0, reader_allowance=1)
        assert words(USED_UP, meter=meter).also == "A free account has 1 article a month."


class TestForSubscribersOnly:
    DECISION = Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.SUBSCRIBE)

    def test_it_says_so_and_counts_nothing(self) -> None:
        wording = words(self.DECISION, AccessLevel.SUBSCRIBERS)
        assert wording.why == "This article is for subscribers."
        assert wording.also_link is None
        assert wording.also == ""

    def test_a_visitors_allowance_of_nothing_still_leaves_the_free_account(self) -> None:
        meter = replace(MONTHLY, visitor_allowance=0)
        assert words(self.DECISION, AccessLevel.METERED, meter).also == "A free account has 5 articles a month."


class TestWhenAnAccountIsNeeded:
    DECISION = Decision(Extent.PREVIEW, Reason.REGISTRATION_REQUIRED, Prompt.REGISTER)

    def test_the_button_makes_one(self) -> None:
        wording = words(self.DECISION, AccessLevel.REGISTERED)
        assert wording.why == "This article is open to everybody who has an account."
        assert wording.button.path == "/signup?next=/articles/the-ferry"
        assert not wording.shows_price

    def test_at_a_registration_wall_the_allowance_is_promised_and_no_more(self) -> None:
        wording = words(self.DECISION, AccessLevel.METERED)
        assert wording.why == "To read on, you need an account."
        assert wording.offer == "An account costs nothing and has 5 articles a month."


class TestWhenAPaymentFailed:
    DECISION = Decision(Extent.PREVIEW, Reason.SUBSCRIPTION_REQUIRED, Prompt.UPDATE_PAYMENT)

    @pytest.mark.parametrize("reason", [Reason.SUBSCRIPTION_REQUIRED, Reason.METER_USED_UP])
    def test_the_button_leads_to_the_card_and_nobody_is_asked_to_subscribe_again(self, reason: Reason) -> None:
        wording = words(Decision(Extent.PREVIEW, reason, Prompt.UPDATE_PAYMENT))
        assert wording.why == "Your last payment failed, so this article ends here for now."
        assert (wording.button.label, wording.button.path) == ("Update payment", "/account/payment")
        assert not wording.shows_price

    def test_a_disputed_one_is_called_what_it_is(self) -> None:
        wording = words(Decision(Extent.PREVIEW, Reason.SUSPENDED, Prompt.UPDATE_PAYMENT))
        assert wording.headline == "Your subscription is suspended"
        assert "disputed" in wording.why
        assert wording.button.path == "/account"
        assert not wording.shows_price

    def test_a_publisher_without_an_address_offers_no_letter(self) -> None:
        assert words(self.DECISION, paper=replace(PAPER, contact_email="")).beside_link is None


class TestWhenTheGateCouldNotAsk:
    @pytest.mark.parametrize("reason", [Reason.DATABASE_UNAVAILABLE, Reason.METER_UNAVAILABLE])
    def test_the_fault_is_ours_and_the_article_is_tried_again(self, reason: Reason) -> None:
        wording = words(Decision(Extent.PREVIEW, reason, Prompt.TRY_AGAIN))
        assert wording.button.path == "/articles/the-ferry"
        assert "ours" in wording.why
        assert not wording.shows_price


class TestWithoutADecision:
    def test_it_claims_nothing_about_the_reader(self) -> None:
        wording = words(None)
        assert wording.why == "This is where the preview ends."
        assert wording.also_link is None


class TestTheQuietLine:
    def metered(self, left: int | None, prompt: Prompt = Prompt.NONE) -> Decision:
        return Decision(Extent.FULL, Reason.METERED, prompt, left, MIDNIGHT_IN_BAKU)

    def line(self, decision: Decision | None, meter: MeterRules = MONTHLY) -> str | None:
        found = notice(decision, meter)
        return found.sentence if found else None

    @pytest.mark.parametrize(
        ("left", "sentence"),
        [
            (2, "You have 2 free articles left this month."),
            (1, "You have 1 free article left this month."),
            (0, "You have read all your free articles this month; this one stays open."),
        ],
    )
    def test_it_says_how_many_are_left(self, left: int, sentence: str) -> None:
        assert self.line(self.metered(left)) == sentence

    def test_the_last_one_is_called_so(self) -> None:
        line = self.line(self.metered(0, Prompt.LAST_FREE_ARTICLE))
        assert line == "This is your last free article this month."

    @pytest.mark.parametrize(
        ("kind", "days", "end"),
        [
            (WindowKind.DAY, None, "today."),
            (WindowKind.WEEK, None, "this week."),
            (WindowKind.ROLLING, 7, "in these 7 days."),
        ],
    )
    def test_it_names_the_meters_window(self, kind: WindowKind, days: int | None, end: str) -> None:
        meter = replace(MONTHLY, window_kind=kind, rolling_days=days)
        assert self.line(self.metered(1), meter) == f"You have 1 free article left {end}"

    def test_a_payment_that_failed_is_told_while_everything_is_still_open(self) -> None:
        found = notice(Decision(Extent.FULL, Reason.IN_GRACE, Prompt.UPDATE_PAYMENT), MONTHLY)
        assert found is not None
        assert found.link is not None
        assert found.link.path == "/account/payment"

    @pytest.mark.parametrize(
        "decision",
        [
            None,
            USED_UP,
            Decision(Extent.FULL, Reason.SUBSCRIBED),
            Decision(Extent.FULL, Reason.FREE_ARTICLE),
            Decision(Extent.FULL, Reason.METERED),
            Decision(Extent.FULL, Reason.METER_UNAVAILABLE, Prompt.NONE),
        ],
        ids=str,
    )
    def test_nobody_else_is_told_anything(self, decision: Decision | None) -> None:
        assert self.line(decision) is None
