"""What a page of /admin says of itself: where it is, what answers, and who may call it.

Every room of /admin exports a tuple `ROUTES`; `paywall.admin.parts` puts them together, and the table of routes and
roles in the tests is made from them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from paywall.staff.rules import Role


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One page or one act."""

    path: str
    """Below /admin: `/staff/<int:member_id>/role`; empty for the front page."""
    view: Callable[..., ResponseReturnValue]
    name: str
    """Of the endpoint: `admin.` goes before it."""
    role: Role
    """The lowest that may call it."""
    methods: tuple[str, ...] = ("GET",)
    is_fresh: bool = False
    """The password is asked for again, where it was given more than ten minutes ago."""
    is_download: bool = False
    """Its answer is a file: after a question it waits behind a link, on the page that it was asked for from."""
    label: str = ""
    """Its words in the navigation; empty for what is not in there."""
    rooms: tuple[str, ...] = ()
    """Further paths below /admin that stand under the same words of the navigation."""
    is_before_second_factor: bool = False
    """Only for the page that asks for the second factor."""
