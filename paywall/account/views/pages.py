"""What the account's pages share: who asks, what is shown of them, and the way to the account."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from paywall import clock
from paywall.account.overview import Overview, overview
from paywall.account.tongue import Tongue
from paywall.readers.current import the_reader
from paywall.web import current
from paywall.web.cookies import drop_pass


def account() -> Overview:
    """Return what the reader's account shows now."""
    return overview(current.session(), current.publisher(), the_reader().id, clock.now())


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:  # noqa: ANN401 - templates take anything
    """Return one of the account's pages."""
    who = {"publisher": current.publisher(), "reader": the_reader()}
    return render_template(f"account/{template}.html", **who, **values), status


def reader_id() -> int:
    """Return who asks, and let go of the database: Stripe is asked next."""
    somebody = the_reader().id
    current.session().commit()
    return somebody


def to_the_account() -> ResponseReturnValue:
    """Lead to the account after something has changed; the next article is judged afresh."""
    drop_pass()
    return redirect("/account", 303)


def tongue() -> Tongue:
    """Return how this newspaper writes dates and money."""
    publisher = current.publisher()
    return Tongue(publisher.language, publisher.timezone)


def site() -> str:
    """Return the address the reader came by: one of the publisher's own hosts, or this page would not be shown."""
    current.publisher()
    return f"{'https' if current.settings().is_https else 'http'}://{request.host.lower()}"
