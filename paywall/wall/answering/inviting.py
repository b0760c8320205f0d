"""What stands where a preview ends: a few lines of HTML without a style of their own, readable on any page."""

from collections.abc import Callable
from html import escape

from paywall.gate.decision import Invitation, Prompt, Verdict

Inviting = Callable[[Verdict], str]
"""A publisher's own: from the verdict to the HTML that stands there."""

_WORDS = {
    Prompt.REGISTER: ("Register to read on", "This article is for registered readers. An account is free.", "Register"),
    Prompt.UPDATE_PAYMENT: ("Your payment is due", "Update your payment method, and read on.", "Update payment"),
    Prompt.TRY_AGAIN: ("Please try again", "We can't tell just now who may read this. Try again in a moment.", ""),
}
_SUBSCRIBE = ("Support our journalism", "This article is for subscribers.", "Subscribe")


def invite(verdict: Verdict) -> str:
    """Return the invitation that the service has sent along, else one for what the reader is asked."""
    shown = verdict.invitation or _standing_in(verdict)
    links = [(shown.button, shown.url), ("Sign in", shown.sign_in_url)]
    made = [f'<a href="{escape(url)}">{escape(label)}</a>' for label, url in links if label and url]
    button = f"<p>{' · '.join(dict.fromkeys(made))}</p>" if made else ""
    return (
        '<section class="paywall-invitation" aria-labelledby="paywall-invitation-title">'
        f'<h2 id="paywall-invitation-title">{escape(shown.headline)}</h2><p>{escape(shown.text)}</p>{button}</section>'
    )


def _standing_in(verdict: Verdict) -> Invitation:
    return Invitation(*_WORDS.get(verdict.decision.prompt, _SUBSCRIBE), "")
