"""`/admin/endpoints`: servers that are told of every change of access, and what became of each telling."""

from datetime import timedelta

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from paywall import audit
from paywall.admin.content.publication import publication_page
from paywall.admin.ground.door import current_staff
from paywall.admin.ground.pages import act
from paywall.admin.ground.typed import moment, needed, whole_in
from paywall.entitlements.rules import Turn
from paywall.errors import BadInput, NotFound, PaywallError
from paywall.outgoing.targets import AddressRefused
from paywall.telling import endpoints, passing_on
from paywall.telling.endpoints import LONGEST_DESCRIPTION, LONGEST_OVERLAP, NewEndpoint, endpoint_of
from paywall.telling.listing import EndpointFacts, delivery_facts, endpoint_facts
from paywall.telling.parts import Telling, make_telling
from paywall.web import current
from paywall.web.forms import Form, read_form

PATH = "/admin/endpoints"
LISTED = 50
_MOST = 2**53
TURNS = tuple((turn.value, turn.value.removeprefix("access.")) for turn in Turn)
_BLANK = {"url": "", "description": "", "with_email": ""}


def show_endpoints() -> ResponseReturnValue:
    """Show every endpoint, what it hears of, and how it does."""
    return _list(200, _BLANK, [], {})


def add_endpoint() -> ResponseReturnValue:
    """Add an endpoint and show its secret, the only time that it is seen."""
    form, staff = read_form(), current_staff()
    try:
        new = NewEndpoint(
            form.text("url").strip(), tuple(_turns_in(form)), form.text("with_email") == "yes", form.text("description")
        )
        with act(form) as session:
            row, secret = endpoints.add_endpoint(_telling(), session, staff.publisher_id, new, actor=staff.actor)
            public_id = row.public_id
    except (BadInput, AddressRefused) as problem:
        written = {name: form.text_or(name)[:2_000] for name in _BLANK}
        return _list(422, written, _turns_in(form), {_field(problem): problem.sentence})
    return publication_page("connecting/secret", secret=secret, kind="webhook", back=f"{PATH}/{public_id}")


def show_endpoint(public_id: str) -> ResponseReturnValue:
    """Show one endpoint with its deliveries, newest first."""
    before = whole_in(request.args.get("before", "")[:20], "before", 1, _MOST)
    found, publisher_id = _facts(public_id), current_staff().publisher_id
    sent = delivery_facts(current.session(), publisher_id, public_id, before=before, most=LISTED + 1)
    older = f"{PATH}/{public_id}?before={sent[LISTED - 1].number}" if len(sent) > LISTED else None
    return publication_page("connecting/endpoint", one=found, deliveries=sent[:LISTED], older=older, before=before)


def pause_endpoint(public_id: str) -> ResponseReturnValue:
    """Tell an endpoint nothing until it is told to go on."""
    with act(read_form()) as session:
        endpoints.disable_endpoint(
            session, endpoint_of(session, current_staff().publisher_id, public_id), actor=current_staff().actor
        )
    return _back(public_id, "It is told nothing until you let it go on.")


def resume_endpoint(public_id: str) -> ResponseReturnValue:
    """Tell an endpoint again."""
    with act(read_form()) as session:
        endpoints.enable_endpoint(
            session, endpoint_of(session, current_staff().publisher_id, public_id), actor=current_staff().actor
        )
    return _back(public_id, "It is told again. What it missed is brought up by sending it again.")


def replace_secret(public_id: str) -> ResponseReturnValue:
    """Give an endpoint a new secret and show it; for a while both sign."""
    form, staff = read_form(), current_staff()
    hours = needed(form, "hours", 0, LONGEST_OVERLAP.days * 24)
    with act(form) as session:
        row = endpoint_of(session, staff.publisher_id, public_id)
        secret = endpoints.rotate_secret(_telling(), session, row, overlap=timedelta(hours=hours), actor=staff.actor)
    return publication_page("connecting/secret", secret=secret, kind="webhook", hours=hours, back=f"{PATH}/{public_id}")


def remove_endpoint(public_id: str) -> ResponseReturnValue:
    """Forget an endpoint and all that waits for it."""
    with act(read_form()) as session:
        endpoints.remove_endpoint(
            session, endpoint_of(session, current_staff().publisher_id, public_id), actor=current_staff().actor
        )
    flash("The endpoint is removed.")
    return redirect(PATH, 303)


def try_endpoint(public_id: str) -> ResponseReturnValue:
    """Have an endpoint sent a message that means nothing, by the same way as all others."""
    staff = current_staff()
    with act(read_form()) as session:
        number = passing_on.send_test(session, endpoint_of(session, staff.publisher_id, public_id))
        about = (staff.publisher_id, staff.actor, "webhook_tested", f"webhook:{public_id}")
        audit.write(session, *about, delivery=number)
    return _back(public_id, "A test message is on its way. Load this page again to see what came back.")


def replay_one(public_id: str, number: int) -> ResponseReturnValue:
    """Deliver one event again, with the same id."""
    with act(read_form()) as session:
        passing_on.replay(session, endpoint_of(session, current_staff().publisher_id, public_id), number)
        _note(session, public_id, delivery=number)
    return _back(public_id, "It is sent again.")


def replay_since(public_id: str) -> ResponseReturnValue:
    """Deliver all since a time again, also what was missed meanwhile."""
    form, staff = read_form(), current_staff()
    since = moment(form, "since", current.publisher().timezone)
    if since is None:
        raise BadInput("since", "Give day and time from which all is sent again.")
    with act(form) as session:
        endpoint_of(session, staff.publisher_id, public_id)
        _note(session, public_id, since=since.isoformat())
    count = passing_on.replay_since(current.database(), staff.publisher_id, public_id, since)
    return _back(public_id, f"{count:,} {'event is' if count == 1 else 'events are'} sent again.")


def _telling() -> Telling:
    return make_telling(current.settings(), current.database())


def _facts(public_id: str) -> EndpointFacts:
    for one in endpoint_facts(current.session(), current_staff().publisher_id):
        if one.public_id == public_id:
            return one
    raise NotFound("There is no endpoint of that id.")


def _note(session: Session, public_id: str, **detail: object) -> None:
    staff = current_staff()
    audit.write(session, staff.publisher_id, staff.actor, "webhook_replayed", f"webhook:{public_id}", **detail)


def _back(public_id: str, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(f"{PATH}/{public_id}", 303)


def _turns_in(form: Form) -> list[str]:
    return [turn for turn, word in TURNS if form.text_or(f"turn-{word}") == "yes"]


def _field(problem: PaywallError) -> str:
    return problem.field if isinstance(problem, BadInput) else "url"


def _list(status: int, written: dict[str, str], turns: list[str], errors: dict[str, str]) -> ResponseReturnValue:
    found = endpoint_facts(current.session(), current_staff().publisher_id)
    return publication_page(
        "connecting/endpoints",
        status,
        endpoints=found,
        written=written,
        chosen=turns,
        turns=TURNS,
        longest=LONGEST_DESCRIPTION,
        errors=errors,
    )
