"""The rooms that stand under one word of the navigation, Publication, and the frame that they share."""

from typing import Any

from flask import Response, request

from paywall.admin.ground.pages import page

ROOMS = (
    ("/admin/articles", "Articles"),
    ("/admin/meter", "Meters"),
    ("/admin/wall", "Wall and invitation"),
    ("/admin/offers", "Plans and offers"),
    ("/admin/keys", "API keys"),
    ("/admin/endpoints", "Webhooks"),
    ("/admin/mails", "Mails"),
)
OTHER_PATHS = tuple(path.removeprefix("/admin") for path, _ in ROOMS[1:])


def publication_page(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - templates take anything
    """Return a page of one of the rooms: `page`, with links to the others as `rooms` (path, words, is_here)."""
    rooms = [(path, words, request.path == path or request.path.startswith(f"{path}/")) for path, words in ROOMS]
    return page(template, status, rooms=rooms, **values)
