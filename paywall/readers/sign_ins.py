"""Sign-ins that end: a session counts only while its token names a row.

Flask's session is a signed cookie, so a copy of it would work for ever. Ours holds a random token whose hash is a
row of `sign_ins`; the loader in front of Flask-Security's own asks for the row. Sign-out, a new password, erasing and
revoking delete rows, and with them every copy of the cookie.
"""

import hashlib
import secrets

from flask import Flask, g, request, session
from flask_login import user_logged_out
from flask_security import login_user, user_authenticated
from flask_security.core import Security
from sqlalchemy import select
from sqlalchemy.orm import Session

from paywall import clock
from paywall.readers.ending import end_sign_in
from paywall.readers.finding import hold_reader
from paywall.readers.tables import Reader, SignIn
from paywall.web import current
from paywall.web.cookies import drop_pass

MOST = 5
"""Live sign-ins of one reader: the sixth ends the oldest."""
_TOKEN = "sign_in"  # noqa: S105 - the name of the token, not one


def install(app: Flask, security: Security) -> None:
    """Put our loader in front of the original one, and hear of every sign-in and sign-out."""
    manager = security.login_manager
    original = manager._user_callback  # noqa: SLF001 - Flask-Login has no public way to wrap a loader

    def load(secret: str) -> Reader | None:
        sign_in_id = _live_sign_in(current.session(), current.publisher().id, secret)
        if sign_in_id is None:
            return None
        g.sign_in_id = sign_in_id
        reader: Reader | None = original(secret)
        return reader

    manager.user_loader(load)
    manager.request_loader(lambda _request: None)  # switches authentication tokens off
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)


def sign_in(reader: Reader, *, keep: bool) -> None:
    """Sign this browser in, whoever was signed in before; `keep` makes it last when the browser is closed."""
    for key in set(session) - {_TOKEN}:
        session.pop(key)
    login_user(reader, remember=False, authn_via=["password"])
    session.permanent = keep


def start(database_session: Session, reader_id: int, user_agent: str) -> tuple[int, str]:
    """Begin a sign-in; returns its id and the token whose hash is kept. Ends the oldest beyond `MOST`."""
    token = secrets.token_urlsafe(32)
    hold_reader(database_session, reader_id)
    row = SignIn(reader_id=reader_id, token_hash=_digest(token), created_at=clock.wall(), user_agent=user_agent[:200])
    database_session.add(row)
    database_session.flush()
    newest_first = select(SignIn.id).where(SignIn.reader_id == reader_id).order_by(SignIn.id.desc())
    for surplus in database_session.scalars(newest_first.offset(MOST)).all():
        end_sign_in(database_session, surplus)
    return row.id, token


def _begin(_app: Flask, user: Reader, **_: object) -> None:
    _end_row(session.get(_TOKEN))
    g.sign_in_id, session[_TOKEN] = start(current.session(), user.id, request.headers.get("User-Agent", ""))
    drop_pass()


def _end(_app: Flask, **_: object) -> None:
    _end_row(session.pop(_TOKEN, None))
    g.pop("sign_in_id", None)
    drop_pass()


def _end_row(token: str | None) -> None:
    if token:
        row = select(SignIn.id).join(Reader, Reader.id == SignIn.reader_id)
        here = (Reader.publisher_id == current.publisher().id, SignIn.token_hash == _digest(token))
        sign_in_id = current.session().scalar(row.where(*here))
        if sign_in_id is not None:
            end_sign_in(current.session(), sign_in_id)


def _live_sign_in(database_session: Session, publisher_id: int, secret: str) -> int | None:
    token = session.get(_TOKEN)
    if not token:
        return None
    row = select(SignIn.id).join(Reader, Reader.id == SignIn.reader_id)
    mine = (Reader.publisher_id == publisher_id, Reader.fs_uniquifier == secret, SignIn.token_hash == _digest(token))
    return database_session.scalar(row.where(*mine))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
