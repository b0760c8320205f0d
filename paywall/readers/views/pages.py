"""What the readers' pages share: the form that is shown again, the way back, addresses that stay secret."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request

from paywall.errors import BadInput
from paywall.readers.email_address import for_people
from paywall.readers.letters import Desk
from paywall.web import current
from paywall.web.addresses import safe_next
from paywall.web.forms import Form

HOME = "/account"


def page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - templates take anything
    """Return one of the readers' pages."""
    values.setdefault("errors", {})
    values["email"] = for_people(values.get("email", ""))  # some browsers send the host as it travels
    response = make_response(render_template(f"readers/{template}.html", publisher=current.publisher(), **values))
    response.status_code = status
    return response


def errors_of(*problems: BadInput) -> Mapping[str, str]:
    """Return each problem's sentence by its field."""
    return {problem.field: problem.sentence for problem in problems}


def way_back(form: Form | None = None) -> str:
    """Return where to go afterwards: `next` of the form or the address, if it is the publisher's; else the account."""
    wanted = form.text_or("next") if form else request.args.get("next")
    return safe_next(wanted, HOME, current.publisher().sites)


def desk() -> Desk:
    """Return where this request's letters are written."""
    return Desk(current.publisher(), current.settings())


def release_connection() -> None:
    """Give the database connection back before something slow; nothing has been written yet."""
    current.session().commit()


def keep_address_secret(response: Response) -> Response:
    """Let browsers tell nobody the address of a page whose address is a secret."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
