"""A visit of the portal: whose session it is, what may be done in it, and where one goes when that is done."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from paywall.sandbox.billing.cycle.timers import ENDED
from paywall.sandbox.hosted.asking import Asked
from paywall.sandbox.hosted.portal.sessions import SESSION_SECONDS
from paywall.sandbox.state.shapes import Json
from paywall.sandbox.state.work import Work


@dataclass(frozen=True)
class Visit:
    """A customer in the portal: the request, the session and its configuration."""

    asked: Asked
    session: Json
    configuration: Json

    @property
    def work(self) -> Work:
        """Return the work that serves this request."""
        return self.asked.work

    @property
    def home(self) -> str:
        """Return the address of the portal's first page."""
        return f"{self.asked.root}/portal/{self.session['id']}"

    @property
    def features(self) -> Json:
        """Return what the configuration allows."""
        features: Json = self.configuration["features"]
        return features

    @property
    def flow(self) -> Json | None:
        """Return the deed that the session is for, None if there is none or it is done."""
        is_done = self.work.store.private(self.session["id"]).get("flow_done", False)
        return None if is_done else self.session["flow"]

    @property
    def back(self) -> str:
        """Return where "back" leads: home, or out of the portal if one came for a single deed."""
        return str(self.session["return_url"] or self.home) if self.flow else self.home

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """Return one of the portal's pages."""
        known = {"session": self.session, "features": self.features, "home": self.home, "back": self.back}
        return self.asked.page(template, status, **known, **values)

    def refuse(self, title: str, status: int = 404) -> Response:
        """Return a page that says why something cannot be done."""
        return self.asked.message(title, status=status, link=self.home)

    def subscriptions(self) -> list[Json]:
        """Return the customer's subscriptions that have not ended."""
        found = self.work.store.select("subscription", "customer = ?", [self.session["customer"]])
        return [one for one in found if one["status"] not in ENDED]

    def subscription(self, identifier: str) -> Json | None:
        """Return one of the customer's own subscriptions."""
        return next((one for one in self.subscriptions() if one["id"] == identifier), None)

    def remember(self, **facts: object) -> None:
        """Note what only the sandbox knows of the session."""
        known = self.work.store.private(self.session["id"])
        self.work.store.set_private(self.session["id"], {**known, **facts})

    def done(self, *kinds: str) -> Response:
        """Send the customer on after a deed: where the session's flow says, if it was for one of these; else home."""
        flow = self.flow
        if flow is None or flow["type"] not in kinds:
            return redirect(self.home, 303)
        self.remember(flow_done=True)
        after = flow["after_completion"]
        if after["type"] == "redirect":
            return redirect(after["redirect"]["return_url"], 303)
        if after["type"] == "hosted_confirmation":
            text = after["hosted_confirmation"]["custom_message"] or ""
            return self.asked.message("Done", text=text, link=self.session["return_url"] or self.home)
        return redirect(self.home, 303)


def visiting(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Let a handler of a `Visit` answer for the session that the path names; one that is over says so."""

    def answer(asked: Asked, identifier: str, **arguments: str) -> Response:
        session = asked.work.store.get("billing_portal.session", identifier)
        if session is None:
            return asked.message("There is no such page.", status=404)
        if asked.work.now >= session["created"] + SESSION_SECONDS:
            text = "For your safety this link works for one hour. Open the page again from your account."
            return asked.message("This link has expired", status=410, text=text, link=session["return_url"] or "")
        asked.work.get("customer", session["customer"])
        configuration = asked.work.get("billing_portal.configuration", session["configuration"])
        return handler(Visit(asked, session, configuration), **arguments)

    return answer
