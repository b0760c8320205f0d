"""What the wall says, in words: the quiet line of articles left, and the invitation at the end of a preview.

Pure functions: a decision and the publisher's choices in, sentences and links out. Without a decision (nobody asked
the gate) the words promise nothing and count nothing.
"""

from dataclasses import dataclass
from urllib.parse import quote

from paywall.articles.rules import AccessLevel
from paywall.gate.decision import Decision, Prompt, Reason
from paywall.newsroom.dates import local_day_and_month
from paywall.publishers.rules import MeterRules, Profile, WindowKind


@dataclass(frozen=True, slots=True)
class Link:
    """A label and the path it leads to."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One line, and where it leads, if anywhere."""

    sentence: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """An invitation: why the text ends here, what one gets, one thing to do, and one beside it."""

    headline: str
    why: str
    offer: str
    button: Link
    beside: str = ""
    beside_link: Link | None = None
    also: str = ""
    also_link: Link | None = None
    shows_price: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What an invitation is made of; `here` is the article's path, where every link leads back to."""

    decision: Decision | None
    publisher: Profile
    meter: MeterRules
    access: AccessLevel
    here: str

    def link(self, label: str, path: str) -> Link:
        """Return a link that comes back to the article."""
        return Link(label, f"{path}?next={quote(self.here, safe='/')}")


def notice(decision: Decision | None, meter: MeterRules) -> Notice | None:
    """Return the quiet line above an open article: articles left, or a payment to repair; None for most readers."""
    if decision is None or not decision.is_full:
        return None
    if decision.prompt is Prompt.UPDATE_PAYMENT:
        return Notice("Your last payment did not go through; you can still read.", Link("Update payment", "/account"))
    if decision.reason is not Reason.METERED or decision.views_left is None:
        return None
    return Notice(_articles_left(decision.views_left, decision.prompt, _in_this(meter)))


def _articles_left(left: int, prompt: Prompt, window: str) -> str:
    if prompt is Prompt.LAST_FREE_ARTICLE:
        return f"This is your last free article {window}."
    if left == 0:
        return f"You have read all your free articles {window}; this one stays open."
    return f"You have {left} free {_articles(left)} left {window}."


def invitation(ask: Ask) -> Wording:
    """Return the invitation that is true for the decision."""
    prompt = ask.decision.prompt if ask.decision else Prompt.SUBSCRIBE
    match prompt:
        case Prompt.TRY_AGAIN:
            return _try_again(ask)
        case Prompt.UPDATE_PAYMENT:
            return _update_payment(ask)
        case Prompt.REGISTER:
            return _register(ask)
        case _:
            return _subscribe(ask)


def _subscribe(ask: Ask) -> Wording:
    words = ask.publisher.invitation
    also, also_link = _free_account(ask)
    return Wording(
        headline=words.headline,
        why=_why(ask),
        offer=words.text,
        button=ask.link(words.button, "/subscribe"),
        beside="Already subscribe?",
        beside_link=ask.link("Sign in", "/login"),
        also=also,
        also_link=also_link,
        shows_price=True,
    )


def _register(ask: Ask) -> Wording:
    return Wording(
        headline="Read on with a free account",
        why=_why(ask),
        offer=_what_an_account_opens(ask),
        button=ask.link("Create a free account", "/signup"),
        beside="Already have an account?",
        beside_link=ask.link("Sign in", "/login"),
        also="Or read everything, without counting.",
        also_link=ask.link("See subscriptions", "/subscribe"),
    )


def _update_payment(ask: Ask) -> Wording:
    return Wording(
        headline="Your subscription is suspended",
        why="A payment for it failed or was disputed, so this article ends here for now.",
        offer="Your account page shows what is missing, and opens everything again once it is paid.",
        button=ask.link("Update payment", "/account"),
        beside="Think this is wrong?",
        beside_link=_contact(ask.publisher),
    )


def _try_again(ask: Ask) -> Wording:
    return Wording(
        headline="We could not check your access just now",
        why="The fault is ours, and nothing about your account has changed.",
        offer="It usually works again within a minute.",
        button=Link("Try again", ask.here),
    )


def _why(ask: Ask) -> str:
    """Return why the text ends here, in one sentence or two."""
    match ask.decision.reason if ask.decision else None:
        case Reason.METER_USED_UP:
            return _used_up(ask)
        case Reason.REGISTRATION_REQUIRED:
            return _account_needed(ask)
        case Reason.SUBSCRIPTION_REQUIRED:
            return "This article is for subscribers."
        case _:
            return "This is where the preview ends."


def _account_needed(ask: Ask) -> str:
    if ask.access is AccessLevel.REGISTERED:
        return "This article is open to everybody who has an account."
    return "To read on, you need an account."


def _used_up(ask: Ask) -> str:
    resets_at = ask.decision.resets_at if ask.decision else None
    spent = f"You have read your free articles {_in_this(ask.meter)}."
    if resets_at is None:
        return spent
    day = local_day_and_month(resets_at, ask.publisher.timezone)
    if ask.meter.window_kind is WindowKind.ROLLING:
        return f"{spent} The next one is yours on {day}."
    return f"{spent} They return on {day}."


def _free_account(ask: Ask) -> tuple[str, Link | None]:
    """Mention the larger allowance of an account, where the meter (or a visitor's allowance of 0) closed the article."""
    meter, reason = ask.meter, ask.decision.reason if ask.decision else None
    is_counted = ask.access is AccessLevel.METERED and reason in (Reason.METER_USED_UP, Reason.SUBSCRIPTION_REQUIRED)
    if not is_counted or meter.reader_allowance <= meter.visitor_allowance:
        return "", None
    return f"A free account has {_allowance(meter)}.", ask.link("Create a free account", "/signup")


def _what_an_account_opens(ask: Ask) -> str:
    if ask.access is AccessLevel.METERED and ask.meter.reader_allowance:
        return f"An account costs nothing and has {_allowance(ask.meter)}."
    return "An account costs nothing and takes a minute."


def _contact(publisher: Profile) -> Link | None:
    return Link("Write to us", f"mailto:{publisher.contact_email}") if publisher.contact_email else None


def _allowance(meter: MeterRules) -> str:
    count = meter.reader_allowance
    return f"{count} {_articles(count)} {_every(meter)}"


def _articles(count: int) -> str:
    return "article" if count == 1 else "articles"


def _in_this(meter: MeterRules) -> str:
    if meter.window_kind is WindowKind.ROLLING:
        return "in these 24 hours" if meter.rolling_days == 1 else f"in these {meter.rolling_days} days"
    return {"day": "today", "week": "this week", "month": "this month"}[meter.window_kind]


def _every(meter: MeterRules) -> str:
    if meter.window_kind is WindowKind.ROLLING:
        return "in any 24 hours" if meter.rolling_days == 1 else f"in any {meter.rolling_days} days"
    return f"a {meter.window_kind}"
