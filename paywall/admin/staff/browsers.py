"""What a browser calls itself, in two words."""

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_MOST = 60


def browser_words(user_agent: str) -> str:
    """Return `Firefox on Windows`, or the beginning of what it says where it is none of the usual ones."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return user_agent[:_MOST] or "a browser without a name"


def _first(words: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for sign, word in words if sign in text), "")
