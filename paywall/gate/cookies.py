"""Reading and writing cookies by hand: on the way to an article, a request object would cost more than the gate."""

from paywall.web.cookies import CookieNames

VISITOR_SECONDS = 365 * 24 * 60 * 60


def read_cookies(header: str) -> dict[str, str]:
    """Return the cookies of a Cookie header; where one name comes twice, the first."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.partition("=")
        found.setdefault(name.strip(), value.strip())
    return found


def keep(names: CookieNames, name: str, value: str, seconds: int) -> str:
    """Return the Set-Cookie value that makes the browser keep a cookie for so many seconds."""
    secure = "; Secure" if names.secure else ""
    return f"{name}={value}; Path=/; Max-Age={seconds}{secure}; HttpOnly; SameSite=Lax"


def drop(names: CookieNames, name: str) -> str:
    """Return the Set-Cookie value that deletes a cookie."""
    return keep(names, name, "", 0)
