"""When the session cookie is written: only with answers that belong to one browser.

Flask renews the cookie of whoever stays signed in with every answer. On a page that caches may keep, that would hand
one reader's session to everybody who asks after her.
"""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class PrivateSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, kept away from answers that anybody may keep."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie; whoever has none costs no look at signatures."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie if it must be; an answer that goes with a changed session is nobody else's."""
        if response.cache_control.public:
            if not session.modified:
                return
            response.headers["Cache-Control"] = "private, no-store"
            response.headers.pop("ETag", None)
        super().save_session(app, session, response)
