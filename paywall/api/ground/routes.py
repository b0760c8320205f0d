"""One route of the interface, as one value: what OpenAPI says of it and what answers it come from the same line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from flask.typing import ResponseReturnValue

from paywall.api.ground.models import ApiModel
from paywall.api.ground.pace import Pace
from paywall.api.ground.reading import BODY_BYTES
from paywall.billing.catalogue.invitation import InvitationPrices
from paywall.database import Database
from paywall.gate.parts import GateParts
from paywall.publishers.keys.ring import KeyRing
from paywall.publishers.keys.rules import Caller, Scope
from paywall.publishers.profiles import Profiles
from paywall.publishers.rules import Profile
from paywall.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Parts(NamedTuple):
    """What handlers work with."""

    settings: Settings
    database: Database
    profiles: Profiles
    keys: KeyRing
    gate: GateParts
    prices: InvitationPrices
    """What an invitation says of the price."""
    pace: Pace


class Call(NamedTuple):
    """One call, received: who makes it, and what was sent, in the shapes that the route names."""

    parts: Parts
    caller: Caller
    profile: Profile
    body: Any
    """An instance of the route's `body`, None where it has none."""
    query: Any
    """An instance of the route's `query`, None where it has none."""
    environ: "WSGIEnvironment"
    network: str = ""
    """Where a page calls from; empty for a server's call."""

    @property
    def actor(self) -> str:
        """Who acts, as the audit names it."""
        return f"key:{self.caller.key_id}"


class Answer(NamedTuple):
    """What a handler answers: a model, or JSON that is ready to be sent; None is an empty body."""

    body: ApiModel | bytes | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing that can be called. Handlers take the Call, and what stands in the path by its name."""

    method: str
    path: str
    """As OpenAPI spells it: `/v1/articles/{id}`."""
    name: str
    """The operation's id: `put_article`."""
    summary: str
    handler: Callable[..., Answer]
    scope: Scope
    """What the key must be good for."""
    body: type[ApiModel] | None = None
    query: type[ApiModel] | None = None
    answer: type[ApiModel] | None = None
    status: int = 200
    problems: Mapping[int, str] | None = None
    """Statuses that may be answered beside 400, 401, 403, 406, 413, 415, 429 and 503, and when."""
    headers: Mapping[str, str] | None = None
    """Headers that may be sent along, and what they do."""
    needs: Mapping[str, tuple[str, str]] | None = None
    """Headers without which the call is refused: what each is for, and an example."""
    takes: Mapping[str, str] | None = None
    """Headers of the call that are looked at beside the usual ones, and what they are for."""
    takes_slashes: bool = False
    """What stands in the path may hold slashes: ids that feeds brought are links."""
    is_for_pages: bool = False
    """Publishable keys may call it, from pages of listed origins."""
    is_before_flask: bool = False
    most_bytes: int = BODY_BYTES
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoute:
    """A route without a key: an ordinary view of Flask's under `/v1`, listed here so that nobody overlooks it."""

    method: str
    path: str
    name: str
    summary: str
    view: Callable[..., ResponseReturnValue]
    media_type: str = "application/json"
    is_for_pages: bool = False
    takes_slashes: bool = False
    """As in `Route`."""
    problems: Mapping[int, str] | None = None
    tag: str = ""
