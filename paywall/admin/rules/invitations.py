"""`/admin/wall/invitation`: the invitation's words, and how they look at the end of a real preview.

The preview is one of the paper's own pages, with other words, for a reader whom the gate has just turned away. It is
made without a Decision that opens, so the article's text is never loaded.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import hold, refuse_if_edited, seen
from paywall.admin.ground.pages import act, framing
from paywall.admin.ground.typed import is_readable
from paywall.articles.listings import article_page, newest
from paywall.articles.rules import AccessLevel, Presence
from paywall.articles.tables import Article
from paywall.errors import BadInput, NotFound
from paywall.gate.decision import Decision, Extent, Prompt, Reason
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import Invitation, Profile
from paywall.publishers.ruling.walls import LONGEST, checked_words, set_invitation
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/wall/invitation"
FRAMED = f"{PATH}/page"
OFFERED = 30
"""So many of the newest articles may be chosen for the preview."""
CASES = (
    ("subscription_required", "an article for subscribers"),
    ("meter_used_up", "the free articles are used up"),
    ("registration_required", "an account is needed"),
)
_IN_FRAME = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the preview shows: the words, at the end of which article, and why it ends."""

    words: Invitation
    article: str
    case: str

    @property
    def query(self) -> str:
        """The same for an address line."""
        return urlencode({**_fields(self.words), "article": self.article, "case": self.case})


def show_invitation() -> ResponseReturnValue:
    """Show the words, and below them the preview."""
    profile = read_profile(current.session(), current_staff().publisher_id)
    return _page(200, Shown(profile.invitation, "", CASES[0][0]), {})


def preview_words() -> ResponseReturnValue:
    """Show the preview with words that are not saved."""
    shown = _shown_in(read_form())
    try:
        return _page(200, replace(shown, words=checked_words(shown.words)), {})
    except BadInput as problem:
        return _page(422, shown, {problem.field: problem.sentence})


def change_words() -> ResponseReturnValue:
    """Save the words."""
    form, staff = read_form(), current_staff()
    shown = _shown_in(form)
    try:
        with act(form) as session:
            hold(session)
            refuse_if_edited(form, _fields(read_profile(session, staff.publisher_id).invitation))
            done = set_invitation(session, staff.publisher_id, shown.words, actor=staff.actor)
    except BadInput as problem:
        return _page(422, shown, {problem.field: problem.sentence})
    flash("Saved; readers meet the new words within seconds." if done else "The words were these already.", "good")
    return redirect(PATH, 303)


def framed_page() -> Response:
    """Return the end of an article's preview with the words of the address line; for a frame of our own page."""
    session, asked, profile = current.session(), request.args, current.publisher()
    slug = asked.get("article", "")[:200]
    article = article_page(session, profile.id, slug, whole=False) if is_readable(slug) else None
    if article is None or article.schedule.presence(clock.now()) is not Presence.PUBLISHED:
        raise NotFound("There is no such article to show the invitation with.")
    words = Invitation(**{name: asked.get(name, "")[:most] for name, most in LONGEST.items()})
    page = _rendered(article, replace(profile, invitation=words), asked.get("case", ""))
    page.headers["Content-Security-Policy"] = _IN_FRAME
    return page


def _rendered(article: Article, profile: Profile, case: str) -> Response:
    html = render_template(
        "newsroom/article.html",
        article=article,
        publisher=profile,
        decision=_turned_away(case),
        is_full=False,
        level=AccessLevel(article.access),
        structured={},
        origin=request.host_url.rstrip("/"),
    )
    return make_response(html)


def _turned_away(case: str) -> Decision:
    reason = Reason(case) if case in dict(CASES) else Reason.SUBSCRIPTION_REQUIRED
    prompt = Prompt.REGISTER if reason is Reason.REGISTRATION_REQUIRED else Prompt.SUBSCRIBE
    is_counted = reason is Reason.METER_USED_UP
    resets_at = clock.now() + timedelta(days=7) if is_counted else None
    return Decision(Extent.PREVIEW, reason, prompt, views_left=0 if is_counted else None, resets_at=resets_at)


def _shown_in(form: Form) -> Shown:
    words = Invitation(**{name: form.text(name) for name in LONGEST})
    return Shown(words, form.text("article"), form.text("case"))


def _page(status: int, shown: Shown, errors: dict[str, str]) -> ResponseReturnValue:
    listed = newest(current.session(), current_staff().publisher_id, clock.now(), section=None, most=OFFERED)
    articles = [(one.slug, one.title) for one in listed]
    slugs = [slug for slug, _ in articles] or [""]
    chosen = shown if shown.article in slugs else replace(shown, article=slugs[0])
    stored = read_profile(current.session(), current_staff().publisher_id).invitation
    page = publication_page(
        "rules/invitation",
        status,
        seen=seen(_fields(stored)),
        shown=chosen,
        written=_fields(shown.words),
        articles=articles,
        cases=CASES,
        longest=LONGEST,
        framed=f"{FRAMED}?{chosen.query}" if chosen.article and not errors else "",
        errors=errors,
    )
    return framing(page)


def _fields(words: Invitation) -> dict[str, str]:
    return {name: getattr(words, name) for name in LONGEST}
