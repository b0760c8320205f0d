"""The layer around a web application: it shows full pages to whom the gate opens them, and previews to all others.

It is given a `check` and knows nothing else of ours than the gate's words, so a publisher can install it alone:
`from paywall.wall import Paywall, RemoteCheck`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paywall.wall.asgi import AsgiPaywall
    from paywall.wall.middleware import Paywall
    from paywall.wall.remote.check import AsyncRemoteCheck, RemoteCheck

__all__ = ["AsgiPaywall", "AsyncRemoteCheck", "Paywall", "RemoteCheck"]
_WHERE = {
    "AsgiPaywall": "paywall.wall.asgi",
    "AsyncRemoteCheck": "paywall.wall.remote.check",
    "Paywall": "paywall.wall.middleware",
    "RemoteCheck": "paywall.wall.remote.check",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whichever it is
    """Import what is asked for, and nothing beside it."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
