"""The list of mails, one of them as text and as HTML, with the money and dates of each language."""

from dataclasses import dataclass, replace

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.routes import AdminRoute
from paywall.billing.letters import samples as billing
from paywall.billing.letters.choices import OPTIONAL
from paywall.billing.letters.sheet import Sheet
from paywall.billing.links import Links
from paywall.errors import NotFound
from paywall.outbox import Mail
from paywall.publishers.letterhead import letterhead
from paywall.publishers.rules import Profile
from paywall.readers import letters as readers
from paywall.staff.rules import Role
from paywall.web import current

LANGUAGES = (("en", "English"), ("az", "Azerbaijani"), ("ru", "Russian"))
_ADDRESS = "reader@example.com"
_FRAMING = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; sandbox"
"""A mail's styles are in its lines: mail programs know no others. It is shown alone, without scripts or an origin."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in the list."""

    kind: str
    words: str
    subject: str
    can_be_switched_off: bool


def show_mails() -> ResponseReturnValue:
    """Show which mails there are, each with its subject of today."""
    kinds = [*readers.SAMPLES, *((one.kind, one.words) for one in billing.SAMPLES)]
    profile = current.publisher()
    lines = [MailLine(kind, words, _mail(kind, profile).subject, kind in OPTIONAL) for kind, words in kinds]
    return publication_page("mails/list", lines=lines)


def show_mail(kind: str) -> ResponseReturnValue:
    """Show a mail as a reader might get it."""
    language = _language()
    mail = _mail(kind, replace(current.publisher(), language=language))
    page = publication_page("mails/one", mail=mail, kind=kind, languages=LANGUAGES, language=language)
    page.headers["Content-Security-Policy"] = _FRAMING
    return page


def show_html(kind: str) -> Response:
    """Show the HTML of a mail, for a frame of our own page."""
    mail = _mail(kind, replace(current.publisher(), language=_language()))
    page = make_response(mail.html)
    page.headers["Content-Security-Policy"] = f"{_MAIL}; frame-ancestors 'self'"
    return page


def _language() -> str:
    asked = request.args.get("language", current.publisher().language)
    return asked if asked in dict(LANGUAGES) else LANGUAGES[0][0]


def _mail(kind: str, profile: Profile) -> Mail:
    settings = current.settings()
    head = letterhead(profile, settings.base_url)
    sheet = Sheet(current.session(), profile, head, Links(settings.secret_key))
    mail = readers.sample_mail(readers.Desk(profile, settings), kind, _ADDRESS)
    mail = mail or billing.sample_mail(sheet, kind, clock.now())
    if mail is None:
        raise NotFound("There is no mail of that kind.")
    return mail


ROUTES = (
    AdminRoute("/mails", show_mails, "mails", Role.VIEWER),
    AdminRoute("/mails/<kind>", show_mail, "mail", Role.VIEWER),
    AdminRoute("/mails/<kind>/html", show_html, "mail_html", Role.VIEWER),
)
