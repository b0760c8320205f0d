"""Who is asking: the reader of this request, if it is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast
from urllib.parse import quote

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from paywall.readers.tables import Reader
from paywall.web.origin import SAFE_METHODS

P = ParamSpec("P")


def reader() -> Reader | None:
    """Return the signed-in reader of this publisher, or None."""
    user = current_user._get_current_object() if current_user else None  # noqa: SLF001 - werkzeug's own way
    return cast(Reader, user) if user is not None and user.is_authenticated else None


def sign_in_id() -> int | None:
    """Return the id of the sign-in that this request belongs to, or None."""
    return cast("int | None", g.get("sign_in_id")) if reader() else None


def the_reader() -> Reader:
    """Return the signed-in reader; only for views behind `sign_in_required`."""
    somebody = reader()
    assert somebody is not None  # noqa: S101 - the decorator made sure
    return somebody


def sign_in_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Send whoever is not signed in to the sign-in page, and from there back to this page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if reader() is None:
            return redirect(f"/login?next={quote(_here(), safe='/')}", 302 if request.method in SAFE_METHODS else 303)
        return view(*args, **kwargs)

    return guarded


def _here() -> str:
    if request.method not in SAFE_METHODS:
        return "/account"
    return request.full_path.removesuffix("?")
