"""Which addresses belong to the site: its own host and those below it. Nothing else is ever asked."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

_ENDS_SOMETHING = re.compile(
    r"(?:log|sign)[-_]?(?:out|off)|unsubscribe|delete|remove|cancel|checkout|/cart\b|add[-_]to|/admin\b", re.IGNORECASE
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Site:
    """The site of one address, and the article there. `credentials` are those of a site that is not public yet."""

    url: str
    credentials: tuple[str, str] | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The host that was named."""
        return urlsplit(self.url).hostname or ""

    @property
    def path(self) -> str:
        """The article's path, as it was written."""
        return urlsplit(self.url).path or "/"

    @property
    def stem(self) -> str:
        """The article's address without its query, and without a slash or `.html` at its end."""
        return self.origin + self.path.rstrip("/").removesuffix(".html")

    @property
    def has_name(self) -> bool:
        """Whether the host is a name on the internet: no bare address, nothing on this machine."""
        return not _is_address(self.host.removeprefix("www."))

    @property
    def slug(self) -> str:
        """The last part of the path, without its ending."""
        last = unquote(self.path.rstrip("/").rpartition("/")[2])
        return re.sub(r"\.\w{1,5}$", "", last)

    @property
    def names_an_article(self) -> bool:
        """Whether the address can be an article's: it is more than the front page's."""
        return self.path != "/" or bool(urlsplit(self.url).query)

    def has(self, url: str) -> bool:
        """Tell whether an address is on the site: on its host, its `www` twin, or a host below."""
        try:
            parts = urlsplit(url)
            host, is_same_port = parts.hostname or "", parts.port == urlsplit(self.url).port
        except ValueError:
            return False
        base = self.host.removeprefix("www.")
        is_ours = host == self.host or (self.has_name and (host == base or host.endswith(f".{base}")))
        return (
            parts.scheme in ("http", "https") and is_ours and (is_same_port or host != self.host or parts.port is None)
        )

    def resolve(self, found: str, page: str = "") -> str | None:
        """Return an address found in a page, in full; None off the site, or where asking might do something."""
        try:
            url = urldefrag(urljoin(page or self.url, found.strip())).url
        except ValueError:
            return None
        is_asked = len(url) <= _LONGEST and self.has(url) and not _ENDS_SOMETHING.search(urlsplit(url).path)
        return url if is_asked else None


def site_of(address: str) -> Site:
    """Return the site of an address as somebody types it. Raises ValueError where it is none on the web."""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{address} is no address of a page: it begins with http:// or https://")
    _ = parts.port  # raises ValueError where it is none
    credentials = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    return Site(plain._replace(path=plain.path or "/").geturl(), credentials)


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit() or "." not in host
