"""`/admin/keys`: making keys, replacing them, ending them; a key is shown whole once."""

from datetime import timedelta

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import named, needed
from paywall.errors import BadInput
from paywall.publishers.keys.listing import list_keys
from paywall.publishers.keys.making import (
    CALLS_PER_SECOND,
    LONGEST_NAME,
    LONGEST_OVERLAP,
    NewKey,
    create_key,
    public_id_of,
    revoke_key,
    rotate_key,
)
from paywall.publishers.keys.rules import Scope, parse_origin, parse_scopes
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/keys"
MOST_CALLS = 100_000
MOST_ORIGINS = 50
SCOPES = (
    (Scope.CHECK.value, "ask whether somebody may read"),
    (Scope.ARTICLES.value, "send, read and delete articles"),
    (Scope.READERS.value, "read the rights of readers, and grant them"),
    (Scope.WEBHOOKS.value, "manage the addresses that are told of changes"),
)
_BLANK = {"name": "", "kind": "secret", "origins": "", "calls": str(CALLS_PER_SECOND)}


def show_keys() -> ResponseReturnValue:
    """Show every key, what it may do, and when it was last used."""
    return _list(200, _BLANK, ["check"], {})


def make_key() -> ResponseReturnValue:
    """Make a key and show it, the only time that it is seen whole."""
    form, staff = read_form(), current_staff()
    try:
        new = _new_in(form)
        with act(form) as session:
            key = create_key(session, staff.publisher_id, new, actor=staff.actor)
    except BadInput as problem:
        written = {name: form.text_or(name)[:2_000] for name in _BLANK}
        return _list(422, written, _scopes_in(form), {problem.field: problem.sentence})
    return publication_page("connecting/secret", secret=key, kind="public" if new.is_publishable else "key", back=PATH)


def replace_key(public_id: str) -> ResponseReturnValue:
    """Make a key like this one and show it; this one ends when the overlap is over."""
    form, staff = read_form(), current_staff()
    hours = needed(form, "hours", 0, LONGEST_OVERLAP.days * 24)
    with act(form) as session:
        overlap = timedelta(hours=hours)
        key = rotate_key(session, staff.publisher_id, public_id_of(named(public_id)), overlap, actor=staff.actor)
    kind = "public" if key.startswith("pw_pk_") else "key"
    return publication_page("connecting/secret", secret=key, kind=kind, hours=hours, back=PATH)


def end_key(public_id: str) -> ResponseReturnValue:
    """End a key at once."""
    with act(read_form()) as session:
        revoke_key(session, current_staff().publisher_id, public_id_of(named(public_id)), actor=current_staff().actor)
    flash("The key works no longer.")
    return redirect(PATH, 303)


def show_key(public_id: str) -> ResponseReturnValue:
    """Show what replacing and ending a key does; changes nothing."""
    keys = list_keys(current.session(), current_staff().publisher_id, clock.wall())
    key = next((one for one in keys if one.shown_as == public_id and one.is_live), None)
    return publication_page("connecting/key", 200 if key else 404, key=key)


def _new_in(form: Form) -> NewKey:
    is_publishable = form.text("kind") == "publishable"
    typed = form.text("origins").split()
    if len(typed) > MOST_ORIGINS:
        raise BadInput("origins", f"Give at most {MOST_ORIGINS} origins.")
    return NewKey(
        name=form.text("name").strip(),
        scopes=parse_scopes(_scopes_in(form)),
        is_publishable=is_publishable,
        origins=tuple(_origin(one) for one in typed),
        calls_per_second=needed(form, "calls", 1, MOST_CALLS),
    )


def _origin(typed: str) -> str:
    try:
        return parse_origin(typed)
    except BadInput as problem:
        raise BadInput("origins", problem.sentence) from problem


def _scopes_in(form: Form) -> list[str]:
    return [scope.value for scope in Scope if form.text_or(f"scope-{scope}") == "yes"]


def _list(status: int, written: dict[str, str], scopes: list[str], errors: dict[str, str]) -> ResponseReturnValue:
    keys = list_keys(current.session(), current_staff().publisher_id, clock.wall())
    return publication_page(
        "connecting/keys",
        status,
        keys=keys,
        written=written,
        chosen=scopes,
        scopes=SCOPES,
        longest_name=LONGEST_NAME,
        errors=errors,
    )
