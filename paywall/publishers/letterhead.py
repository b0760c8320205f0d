"""The publisher's letterhead: under whose name, and with links to which site, its mails go out."""

from functools import lru_cache
from urllib.parse import urlsplit

from paywall.mail import Letterhead
from paywall.publishers.rules import Profile


def letterhead(publisher: Profile, base_url: str) -> Letterhead:
    """Return the letterhead of a publisher; links go to its canonical host by the scheme of `base_url`.

    Never to the host that a request named: whoever asks for a mail doesn't choose where its links lead.
    """
    return Letterhead(publisher.name, publisher.contact_email, site_url(publisher, base_url), publisher.accent)


def site_url(publisher: Profile, base_url: str) -> str:
    """Return the address of a publisher's site without a slash at the end; `base_url` lends the scheme."""
    return _address(publisher.hosts, base_url)


@lru_cache(maxsize=1_000)  # every answer to another site names it
def _address(hosts: tuple[str, ...], base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{hosts[0] if hosts else parts.netloc}"
