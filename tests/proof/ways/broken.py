"""A way in as a publisher gets it wrong, for the harness to find: a check that always opens."""

from typing import TYPE_CHECKING, Any

from paywall.gate.decision import ArticleName, Decision, Extent, Reason, Verdict
from paywall.wall.middleware import Paywall
from paywall.wall.remote.check import RemoteCheck
from tests.proof.ways.sites import filled_in, whole_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_OPEN = Verdict(Decision(Extent.FULL, Reason.SUBSCRIBED), 0, "", "")


class AlwaysOpen(RemoteCheck):
    """Knows who is asking, and does not care."""

    def __call__(self, environ: Any, name: ArticleName, *, counts: bool) -> Verdict:  # noqa: ARG002 - what a check is
        return _OPEN


def always_open() -> "WSGIApplication":
    """Return the site behind a wall that asks it."""
    service, key = filled_in("https://members.paper.example", "pw_sk_your_key").values()
    app = whole_site()
    app.wsgi_app = Paywall(app.wsgi_app, AlwaysOpen(service, key), cut="div.article-body")  # type: ignore[method-assign]
    return app
