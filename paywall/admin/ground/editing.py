"""Two people who edit one thing: the second is shown both versions, and nothing that was typed is lost.

A form that edits something carries `seen`, the seal of the version it was filled in from. Where another one stands by
the time it comes, it changes nothing; a page shows what stands now beside what was typed, to be sent again from there.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall.admin.ground.door import came_from, current_staff, page_of_ours
from paywall.admin.ground.pages import page
from paywall.errors import PaywallError
from paywall.publishers.ruling.holding import hold_publisher
from paywall.web.forms import Form

_LENGTH = 32
_BACK = "edited_back"
"""Where the first form stood, on the page with both versions: it is not always where it was sent to."""
_OF_THE_FORM = ("csrf_token", "act", "seen", _BACK)

Fields = Mapping[str, str]
"""What stands in the fields of a form, by their names."""
Choices = Mapping[str, Sequence[tuple[str, str]]]
"""The values that a field may have, with their words, for fields that are chosen and not typed."""


@dataclass(frozen=True, slots=True)
class Version:
    """One field as it stands now, and as it was typed."""

    name: str
    theirs: str
    mine: str
    choices: Sequence[tuple[str, str]] = ()

    @property
    def theirs_in_words(self) -> str:
        """How it stands now, as a person would read it."""
        return dict(self.choices).get(self.theirs, self.theirs)

    @property
    def label(self) -> str:
        """Its name as words."""
        return self.name.replace("_", " ").replace("-", " ").capitalize()


class EditedMeanwhile(PaywallError):
    """Somebody else has changed this since you opened it."""

    status = 409
    code = "edited_meanwhile"

    def __init__(self, theirs: Fields, form: Form, choices: Choices) -> None:
        """Take what stands now, the form that came too late, and the words of what is chosen in it."""
        super().__init__()
        self.theirs, self.back = theirs, form.text_or(_BACK)
        self.versions = [
            Version(name, text, _typed(form, name), choices.get(name, ())) for name, text in theirs.items()
        ]
        self.kept = {name: form.text_or(name) for name in form.values if name not in (*theirs, *_OF_THE_FORM)}


def seen(stored: Fields) -> str:
    """Return what a form carries: the seal it came with, or the seal of what is stored."""
    return request.form.get("seen", "")[:_LENGTH] or seal(stored)


def seal(stored: Fields) -> str:
    """Return what tells this version from any other (32 hexadecimal digits)."""
    return hashlib.sha256(repr(sorted(stored.items())).encode()).hexdigest()[:_LENGTH]


def hold(session: Session) -> None:
    """Have whoever edits a thing of this publisher's wait for the caller's transaction; before reading what stands."""
    hold_publisher(session, current_staff().publisher_id)


def refuse_if_edited(form: Form, stored: Fields, choices: Choices = MappingProxyType({})) -> None:
    """Raise EditedMeanwhile where the form was filled in from another version; to be asked while `hold` holds.

    Who typed what stands now anyway is told nothing. A form without `seen` was filled in from no version.
    """
    came_from = form.text_or("seen")
    if came_from in ("", seal(stored)) or all(_typed(form, name) == text for name, text in stored.items()):
        return
    raise EditedMeanwhile(stored, form, choices)


def _typed(form: Form, name: str) -> str:
    """Return what was typed, its lines as they are stored: browsers send them with CR and LF."""
    return form.text_or(name).replace("\r\n", "\n")


def both_versions(edited: EditedMeanwhile) -> ResponseReturnValue:
    """Show what stands and what was typed, with a form that saves the latter over the former."""
    values = {"versions": edited.versions, "kept": edited.kept, "seen": seal(edited.theirs)}
    back = page_of_ours(edited.back) if edited.back else came_from()
    return page("errors/edited", edited.status, path=request.path, back=back, **values)
