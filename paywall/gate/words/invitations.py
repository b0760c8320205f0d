"""What the wall says in words, where a preview ends.

Pure functions: a decision and the publisher's choices in, sentences and links out. Without a decision (nobody asked
the gate) the words promise nothing and count nothing.
"""

from dataclasses import dataclass
from urllib.parse import quote

from paywall.articles.rules import AccessLevel
from paywall.gate.decision import Decision, Prompt, Reason
from paywall.gate.words.phrases import Link, allowance, day_and_month, in_this_window
from paywall.publishers.rules import MeterRules, Profile, WindowKind


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
    """What an invitation is made of; `here` is the article's address, where every link leads back to."""

    decision: Decision | None
    publisher: Profile
    meter: MeterRules
    access: AccessLevel
    here: str

    def link(self, label: str, path: str) -> Link:
        """Return a link that comes back to the article."""
        return Link(label, f"{path}?next={quote(self.here, safe='/')}")


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
    if ask.decision and ask.decision.reason is Reason.SUSPENDED:
        return _suspended(ask)
    return Wording(
        headline="Your subscription waits for a payment",
        why="Your last payment failed, so this article ends here for now.",
        offer="Update your card or pay the open invoice, and everything opens again at once.",
        button=Link("Update payment", "/account/payment"),
        beside="Think this is wrong?",
        beside_link=_contact(ask.publisher),
    )


def _suspended(ask: Ask) -> Wording:
    return Wording(
        headline="Your subscription is suspended",
        why="Your bank is looking into a payment that was disputed, so this article ends here for now.",
        offer="Your account page shows which payment it is. Everything opens again once that is settled.",
        button=Link("See your account", "/account"),
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
    spent = f"You have read your free articles {in_this_window(ask.meter)}."
    if resets_at is None:
        return spent
    day = day_and_month(resets_at, ask.publisher.timezone)
    if ask.meter.window_kind is WindowKind.ROLLING:
        return f"{spent} The next one is yours on {day}."
    return f"{spent} They return on {day}."


def _free_account(ask: Ask) -> tuple[str, Link | None]:
    """Mention an account's larger allowance, where the meter or a visitor's allowance of 0 closed the article."""
    meter, decision = ask.meter, ask.decision
    if ask.access is not AccessLevel.METERED or decision is None or decision.is_registered:
        return "", None
    is_counted = decision.reason in (Reason.METER_USED_UP, Reason.SUBSCRIPTION_REQUIRED)
    if not is_counted or meter.reader_allowance <= meter.visitor_allowance:
        return "", None
    return f"A free account has {allowance(meter)}.", ask.link("Create a free account", "/signup")


def _what_an_account_opens(ask: Ask) -> str:
    if ask.access is AccessLevel.METERED and ask.meter.reader_allowance:
        return f"An account costs nothing and has {allowance(ask.meter)}."
    return "An account costs nothing and takes a minute."


def _contact(publisher: Profile) -> Link | None:
    return Link("Write to us", f"mailto:{publisher.contact_email}") if publisher.contact_email else None
