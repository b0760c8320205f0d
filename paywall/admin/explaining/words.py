"""The words of the decision for a person on the phone; the steps themselves are the gate's."""

from paywall.admin.ground.days import Days
from paywall.admin.subscribers.showing.words import Tone
from paywall.articles.rules import Presence
from paywall.gate.decision import Decision, Prompt, Reason

FACTS = {
    "level": "Level of the article at this moment",
    "allowance": "Articles that are free in a window of the meter",
    "standing": "What lets this reader in",
    "is suspended": "Access is suspended by a dispute",
    "is registered": "Has an account",
    "is staff": "Works for the newspaper",
    "wall is lifted": "The wall is lifted for everybody",
    "registration wall": "Metered articles need an account",
    "is uncertain": "The database could not be asked",
    "owes": "A payment is missing",
    "proof": "A signed pass opens it",
    "is crawler": "Is a verified crawler that reads everything",
    "presence": "Is the article there",
    "meter": "The meter",
    "a view that counts": "A view that counts",
    "not reachable": "Could not be reached",
}
OPEN = {
    Reason.FREE_ARTICLE: "It is free to everybody just now.",
    Reason.REGISTERED: "Any account opens it.",
    Reason.SUBSCRIBED: "The subscription opens it.",
    Reason.TRIALING: "The trial opens it.",
    Reason.IN_GRACE: "A payment failed; the grace period opens it all the same.",
    Reason.PAID_THROUGH: "The subscription is cancelled; what was paid for opens it.",
    Reason.COMP: "A comp opens it.",
    Reason.METERED: "It was opened in this window before, and stays open.",
    Reason.VERIFIED_CRAWLER: "A verified crawler reads it.",
    Reason.STAFF: "Staff read everything.",
}
SHUT = {
    Reason.METERED: "It is not open yet; a view that counts opens it.",
    Reason.METER_USED_UP: "The free articles of this window are used up.",
    Reason.REGISTRATION_REQUIRED: "It needs an account.",
    Reason.SUBSCRIPTION_REQUIRED: "It needs a subscription, and nothing lets this reader in.",
    Reason.SUSPENDED: "Access is suspended while a payment is disputed.",
    Reason.METER_UNAVAILABLE: "The meter could not be asked.",
    Reason.DATABASE_UNAVAILABLE: "The database could not be asked.",
}
PROMPTS = {
    Prompt.NONE: "",
    Prompt.REGISTER: "The wall asks to create an account or to sign in.",
    Prompt.LAST_FREE_ARTICLE: "The page says that this is the last free article.",
    Prompt.SUBSCRIBE: "The wall asks to subscribe.",
    Prompt.UPDATE_PAYMENT: "The page asks to update the payment.",
    Prompt.TRY_AGAIN: "The page asks to try again in a moment.",
}
ABSENT = {
    Presence.NOT_YET: "There is no page yet: the article is scheduled or under embargo.",
    Presence.WITHDRAWN: "There is no page any more: the article is withdrawn.",
}


def verdict_words(decision: Decision, days: Days) -> tuple[str, Tone, str]:
    """Return the decision as a word, its tone, and a sentence or two."""
    why = OPEN.get(decision.reason) if decision.is_full else SHUT.get(decision.reason)
    sentences = [why or f"The reason is {decision.reason}.", PROMPTS[decision.prompt], _again(decision, days)]
    words, tone = ("Open", Tone.GOOD) if decision.is_full else _shut(decision)
    return words, tone, " ".join(one for one in sentences if one)


def _shut(decision: Decision) -> tuple[str, Tone]:
    return ("Would open", Tone.GOOD) if decision.reason is Reason.METERED else ("Shut", Tone.BAD)


def _again(decision: Decision, days: Days) -> str:
    if decision.views_left is None or decision.resets_at is None:
        return ""
    return f"Views left: {decision.views_left}; counted anew on {days.minute(decision.resets_at)}."
