"""What the pages behind a mailed link share: whom the link is for, and what a dead one answers."""

from flask import Response

from paywall.readers import links
from paywall.readers.finding import reader_by_id
from paywall.readers.tables import Reader
from paywall.readers.views.pages import keep_address_secret, page
from paywall.web import current


def reader_of(purpose: links.Purpose, token: str) -> Reader:
    """Return the reader whom a link is for; raises LinkBroken or LinkSpent."""
    claim = links.read(current.settings().secret_key, purpose, current.publisher().id, token)
    reader = reader_by_id(current.session(), current.publisher().id, claim.reader_id)
    if reader is None or not reader.active or not claim.fits(reader):
        raise links.LinkSpent
    return reader


def dead_link(error: links.DeadLink, form: str) -> Response:
    """Return the page that says why a link does nothing; `form` is where another is asked for."""
    return keep_address_secret(page("dead_link", error.status, sentence=error.sentence, again=form))
