"""One request of a browser for a hosted page: the work that serves it, and the ways to answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from paywall.sandbox.state.work import Work


class Render(Protocol):
    """Makes a page of a template."""

    def __call__(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """Return the page."""


@dataclass(frozen=True)
class Asked:
    """A request, inside an open transaction."""

    request: Request
    work: Work
    render: Render

    @property
    def root(self) -> str:
        """Return where the sandbox is mounted, without a slash at the end."""
        return self.request.root_path.rstrip("/")

    def page(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - for a template
        """Answer with a page."""
        return self.render(self.request, template, status, **values)

    def message(self, title: str, *, status: int = 200, text: str = "", link: str = "") -> Response:
        """Answer with a page that says one thing, and where to go on."""
        return self.page("message.html", status, title=title, text=text, link=link)

    def to(self, path: str) -> Response:
        """Send the browser on to another page of the sandbox."""
        return redirect(f"{self.root}{path}", 303)


Handler = Callable[..., Response]


class Serve(Protocol):
    """Wraps a handler of `Asked` and of what the path names into an endpoint, inside one transaction."""

    def __call__(self, handler: Handler, *, write: bool = False) -> Handler:
        """Return the endpoint."""
