"""What the address line of the list of articles asks for."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from paywall.admin.ground.cursors import LARGEST_ID, BadPage, pack, unpack
from paywall.admin.ground.typed import is_readable, whole_in
from paywall.articles.managing.choosing import Choice, Place
from paywall.articles.rules import AccessLevel
from paywall.articles.tables import Article
from paywall.errors import BadInput
from paywall.web.forms import Form

LONGEST = 200
OLDEST_DAYS = 36_500
_YEARS = range(2, 9_999)
NAMES = ("q", "section", "tag", "author", "access", "older_days", "newer_days")


@dataclass(frozen=True, slots=True)
class Written:
    """The question as it was written, for the form that shows it again."""

    values: dict[str, str]

    @property
    def query(self) -> str:
        """The question as an address line has it."""
        return urlencode({name: value for name, value in self.values.items() if value})


def written_in(arguments: MultiDict[str, str]) -> Written:
    """Return the question of an address line; of a name that comes twice the first counts."""
    return Written({name: arguments.get(name, "").strip()[: LONGEST + 1] for name in NAMES})


def written_in_form(form: Form) -> Written:
    """Return the question that a form carries along; raises BadInput for what is no text."""
    return Written({name: form.text(name).strip()[: LONGEST + 1] for name in NAMES})


def choice_of(written: Written) -> Choice:
    """Return which articles are meant; raises BadInput naming the field."""
    values = written.values
    for name in ("q", "section", "tag", "author"):
        _refuse_odd(name, values[name])
    return Choice(
        q=values["q"],
        section=values["section"],
        tag=values["tag"],
        author=values["author"],
        access=level_of(values["access"]) if values["access"] else None,
        older_days=whole_in(values["older_days"], "older_days", 0, OLDEST_DAYS),
        newer_days=whole_in(values["newer_days"], "newer_days", 0, OLDEST_DAYS),
    )


def level_of(text: str) -> AccessLevel:
    """Return the access level of that name; raises BadInput."""
    try:
        return AccessLevel(text)
    except ValueError as error:
        raise BadInput("access", f"Choose one of {', '.join(AccessLevel)}.") from error


def place_of(arguments: MultiDict[str, str]) -> Place | None:
    """Return where the part of the list begins that is asked for, None for the first one; raises BadPage."""
    word = arguments.get("page", "")
    try:
        return _place(*unpack(word)) if word else None
    except (ValueError, TypeError) as error:
        raise BadPage from error


def word_of(article: Article, *, is_backwards: bool) -> str:
    """Return the word for an address line of the part that begins behind this article, or before it."""
    return pack(article.opens_at.isoformat(), article.id, is_backwards)


def _place(opens_at: str, number: int, is_backwards: bool) -> Place:
    at = datetime.fromisoformat(opens_at)
    if at.tzinfo is None or at.year not in _YEARS or type(number) is not int or not 0 < number <= LARGEST_ID:
        raise ValueError(opens_at[:9])
    return Place(at, number, is_backwards is True)


def _refuse_odd(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise BadInput(name, f"Write at most {LONGEST} characters.")
    if not is_readable(text):
        raise BadInput(name, "This holds a character that can't be typed. Write it again.")
