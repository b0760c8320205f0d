"""The list of mails, and one of them: its words, its blanks, and how it reads on a phone, at a desk and as text."""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.editing import Fields, seal, seen
from paywall.admin.ground.pages import framing
from paywall.admin.mails.drafts import packed, unpacked
from paywall.admin.mails.samples import Wanted, cases_of, head_of, mails, occasion
from paywall.billing.letters.choices import OPTIONAL
from paywall.errors import BadInput, NotFound
from paywall.letters.checking import LONGEST_SUBJECT, LONGEST_TEXT, checked
from paywall.letters.keeping import Place, languages_with_own_words, own_words
from paywall.letters.kinds import KINDS, MEANINGS, SITUATIONS
from paywall.letters.ours import our_words_to_begin_with
from paywall.letters.rules import Words
from paywall.letters.writing import write_in_words
from paywall.outbox import Mail
from paywall.publishers.profiles import read_profile
from paywall.publishers.rules import LANGUAGES
from paywall.web import current

PATH = "/admin/mails"
_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""A mail's styles are in its lines: mail programs know no others. It is shown alone, without scripts or an origin."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in the list."""

    kind: str
    words: str
    subject: str
    own_languages: list[str]
    """Names of the languages in which the publisher has words of its own."""
    can_be_switched_off: bool


@dataclass(frozen=True, slots=True)
class BlankLine:
    """A blank that may stand in the words."""

    name: str
    meaning: str
    example: str
    may_be_empty: bool
    is_needed: bool


def show_mails() -> ResponseReturnValue:
    """Show which mails there are, and in whose words."""
    session, publisher_id = current.session(), current_staff().publisher_id
    own, language = languages_with_own_words(session, publisher_id), read_profile(session, publisher_id).language
    lines = [
        MailLine(
            kind, words, as_sent(Wanted(kind, language, "usual")).subject, _names(own.get(kind, [])), kind in OPTIONAL
        )
        for kind, words in mails().items()
    ]
    names = dict(LANGUAGES)
    return publication_page(
        "mails/list",
        lines=lines,
        languages=LANGUAGES,
        language=language,
        language_name=names.get(language, language),
        seen=seal({"language": language}),
    )


def show_mail(kind: str) -> ResponseReturnValue:
    """Show a mail as a reader might get it, and the words that make it."""
    wanted = wanted_in(kind, request.args.get("language", ""), request.args.get("case", ""))
    return mail_page(200, wanted, own_words(current.session(), place_of(wanted)), {}, is_typed=False)


def show_html(kind: str) -> Response:
    """Show the HTML of a mail, as it is sent or with the words of a draft; for a frame of our own page."""
    wanted = wanted_in(kind, request.args.get("language", ""), request.args.get("case", ""))
    draft = request.args.get("draft", "")
    page = make_response((_as_drafted(wanted, unpacked(draft)) if draft else as_sent(wanted)).html)
    page.headers["Content-Security-Policy"] = _MAIL
    return page


def wanted_in(kind: str, language: str, case: str) -> Wanted:
    """Return which mail is asked for; raises NotFound for a kind that there is not."""
    if kind not in KINDS:
        raise NotFound("There is no mail of that kind.")
    known, cases = dict(LANGUAGES), dict(cases_of(kind))
    fitting = next((one for one in (language, _own_language()) if one in known), LANGUAGES[0][0])
    return Wanted(kind, fitting, case if case in cases else "usual")


def place_of(wanted: Wanted) -> Place:
    """Return where the words of a mail stand."""
    return Place(current_staff().publisher_id, wanted.kind, wanted.language)


def as_sent(wanted: Wanted) -> Mail:
    """Return a mail in the words that hold now."""
    own = own_words(current.session(), place_of(wanted))
    return write_in_words(head_of(current.publisher()), occasion(wanted), own, wanted.language)


def fields_of(own: Words | None) -> Fields:
    """Return words as fields of the form; empty ones stand for ours."""
    return asdict(own or Words("", ""))


def mail_page(
    status: int, wanted: Wanted, words: Words | None, errors: dict[str, str], *, is_typed: bool
) -> ResponseReturnValue:
    """Return the page of a mail with these words in its form: typed ones, or those that hold (None: ours)."""
    own = own_words(current.session(), place_of(wanted))
    written = words or our_words_to_begin_with(wanted.kind)
    asked = {"language": wanted.language, "case": wanted.case}
    draft = {"draft": packed(written)} if is_typed and not errors else {}
    page = publication_page(
        "mails/one",
        status,
        wanted=wanted,
        sent_when=mails()[wanted.kind],
        languages=LANGUAGES,
        own_language=_own_language(),
        is_own=own is not None,
        with_own_words=languages_with_own_words(current.session(), current_staff().publisher_id).get(wanted.kind, []),
        cases=cases_of(wanted.kind),
        written=written,
        ours=our_words_to_begin_with(wanted.kind),
        seen=seen(fields_of(own)),
        blanks=_blanks(wanted),
        situations=[(name, SITUATIONS[name]) for name in KINDS[wanted.kind].situations],
        longest=(LONGEST_SUBJECT, LONGEST_TEXT),
        mail=None if errors else (_as_drafted(wanted, written) if is_typed else as_sent(wanted)),
        is_typed=is_typed,
        framed=f"{PATH}/{wanted.kind}/html?{urlencode({**asked, **draft})}",
        can_be_switched_off=wanted.kind in OPTIONAL,
        errors=errors,
    )
    return framing(page)


def _as_drafted(wanted: Wanted, words: Words) -> Mail:
    try:
        kept = checked(KINDS[wanted.kind], words)
    except BadInput as problem:
        raise NotFound("There is no such draft.") from problem
    return write_in_words(head_of(current.publisher()), occasion(wanted), kept, wanted.language)


def _own_language() -> str:
    return current.publisher().language


def _names(languages: list[str]) -> list[str]:
    known = dict(LANGUAGES)
    return [known.get(one, one) for one in languages]


def _blanks(wanted: Wanted) -> list[BlankLine]:
    kind, values = KINDS[wanted.kind], {"newspaper": current.publisher().name, **occasion(wanted).values}
    return [
        BlankLine(
            name, MEANINGS[name][0], str(values[name] or MEANINGS[name][1]), name in kind.optional, name in kind.needs
        )
        for name in kind.blanks
    ]
