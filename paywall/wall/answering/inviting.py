"""What stands where a preview ends: a few lines of HTML without a style of their own, readable on any page."""

from collections.abc import Callable
from html import escape

from paywall.gate.decision import Invitation, Prompt, Verdict, WayOn

Inviting = Callable[[Verdict], str]
"""A publisher's own: from the verdict to the HTML that stands there."""

_WORDS = {
    Prompt.REGISTER: ("Read on with a free account", "This article is open to everybody who has an account."),
    Prompt.UPDATE_PAYMENT: ("Your subscription waits for a payment", "Update your card, and everything opens again."),
    Prompt.TRY_AGAIN: (
        "We could not check your access just now",
        "The fault is ours, and nothing about your account has changed. It usually works again within a minute.",
    ),
}
_SUBSCRIBE = ("Support our journalism", "This article is for subscribers.")
_TITLE = "paywall-invitation-title"


def invite(verdict: Verdict) -> str:
    """Return the invitation that the service has sent along, else one for what the reader is asked."""
    said = verdict.invitation or Invitation(*_WORDS.get(verdict.decision.prompt, _SUBSCRIBE))
    ways = [way for way in (said.button, *said.beside) if way]
    return (
        f'<aside class="paywall-invitation" lang="en" aria-labelledby="{_TITLE}"><hr>'
        f'<h2 id="{_TITLE}">{escape(said.headline)}</h2><p>{escape(said.text)}</p>{"".join(map(_link, ways))}</aside>'
    )


def _link(way: WayOn) -> str:
    before = f"{escape(way.before)} " if way.before else ""
    return f'<p>{before}<a href="{escape(way.url)}" rel="nofollow">{escape(way.label)}</a></p>'
