"""What the address line of the list of articles asks for."""

from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from paywall.admin.ground.typed import is_readable, whole_in
from paywall.articles.managing.choosing import Choice
from paywall.articles.rules import AccessLevel
from paywall.errors import BadInput
from paywall.web.forms import Form

LONGEST = 200
OLDEST_DAYS = 36_500
LAST_PAGE = 10_000
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


def page_of(arguments: MultiDict[str, str]) -> int:
    """Return which part of the list is asked for, from 1; raises BadInput."""
    return whole_in(arguments.get("page", ""), "page", 1, LAST_PAGE) or 1


def _refuse_odd(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise BadInput(name, f"Write at most {LONGEST} characters.")
    if not is_readable(text):
        raise BadInput(name, "This holds a character that can't be typed. Write it again.")
