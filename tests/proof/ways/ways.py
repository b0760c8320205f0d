"""The ways in: what a publisher writes for each, how it is served, how its readers sign in there."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.api.guides import GUIDES, example
from tests.browser.embed.paper import preview
from tests.nginx.server import nginx, recipe
from tests.proof.ways import serving
from tests.proof.ways.newspaper import KEYS, Account, Newspaper, submit
from tests.proof.ways.sites import KINDS, whole_page

SignIn = Callable[[Newspaper, "Way", Account], httpx.Client]


@dataclass(frozen=True)
class Way:
    """One of them. `target` is what is served: a factory of a little site, or a recipe of nginx."""

    name: str
    title: str
    target: str
    sign_in: SignIn
    examples: tuple[tuple[str, str], ...] = ()
    """Guide and name of what a publisher copies; a recipe is counted itself."""
    kinds: tuple[str, ...] = KINDS
    knows_prefetches: bool = True
    """Whether a browser's guess is told from a reader without a line of the publisher's."""
    spoilt: tuple[tuple[str, str], ...] = ()
    """What is replaced in a recipe, to see that the harness finds a leak."""

    @property
    def is_nginx(self) -> bool:
        return self.target.endswith(".conf")

    @property
    def lines(self) -> str:
        """How many lines a publisher writes."""
        texts = [(GUIDES / "nginx" / self.target).read_text()] if self.is_nginx else []
        return count_lines("\n".join([*texts, *(example(*one, {}) for one in self.examples)]))

    def browser(self, paper: Newspaper) -> httpx.Client:
        """Return a browser that has never been there."""
        return httpx.Client(base_url=paper.address(self.name), timeout=30)


def count_lines(code: str) -> str:
    """Return how many lines do something, imports apart."""
    lines = [line for line in code.splitlines() if line.strip() and not re.match(r"\s*(#|//)", line)]
    imports = [line for line in lines if re.match(r"(import|from) ", line)]
    return f"{len(lines) - len(imports)}" + (f" + {len(imports)} import{'s' * (len(imports) > 1)}" if imports else "")


def by_login(paper: Newspaper, way: Way, account: Account) -> httpx.Client:
    """Sign in on the site itself, where the product's pages have the same host."""
    browser = way.browser(paper)
    submit(browser, "/login", account.email)
    return browser


def _by_way_of_the_service(path: str) -> SignIn:
    def sign_in(paper: Newspaper, way: Way, account: Account) -> httpx.Client:
        browser = way.browser(paper)
        out = browser.get(path)
        back = account.there.get(out.headers["Location"])
        assert back.status_code == 303, back.text[:300]
        assert browser.get(back.headers["Location"]).status_code == 303
        return browser

    return sign_in


SITES = "tests.proof.ways.sites:"
_MIDDLEWARE, _CHECK = "python-middleware.md", (("check.md", "shortest-python"), ("check.md", "exchange"))
_OUT = _by_way_of_the_service("/_paywall/sign-in?next=/")
_CONNECT = _by_way_of_the_service("/sign-in")
WAYS = (
    Way("local", "middleware, same process", f"{SITES}local", by_login, ((_MIDDLEWARE, "local"),)),
    Way("remote", "middleware, remote client, WSGI", f"{SITES}remote", _OUT, ((_MIDDLEWARE, "flask"),)),
    Way("asgi", "middleware, remote client, ASGI", f"{SITES}asgi_remote", _OUT, ((_MIDDLEWARE, "starlette"),)),
    Way("check", "HTTP check by a server of its own", f"{SITES}check", _CONNECT, _CHECK, knows_prefetches=False),
    Way("authorize", "nginx auth_request", "authorize.conf", by_login, kinds=("articles",)),
    Way("no-call", "nginx without a call", "no-call.conf", by_login, kinds=("articles",)),
    Way(
        "passes",
        "signed passes, verified offline",
        f"{SITES}passes",
        _CONNECT,
        (("passes.md", "python"), *_CHECK),
        knows_prefetches=False,
    ),
)
"""All but the script tag, which wants a browser: `bench/embed.py` looks at that."""


def named(*names: str) -> list[Way]:
    """Return these, in their order."""
    return [way for way in WAYS if way.name in names]


@contextmanager
def served(paper: Newspaper, ways: Iterable[Way]) -> Iterator[None]:
    """Serve them, each at its port; ends what it started."""
    with ExitStack() as stack:
        begun = []
        for way in ways:
            if way.is_nginx:
                stack.enter_context(_nginx(paper, way))
            else:
                environment = paper.environment | {"PAYWALL_TRUSTED_PROXIES": "192.0.2.1"}  # not us
                begun.append(serving.begin(way.target, paper.ports[way.name], environment))
                stack.callback(serving.stop, begun[-1])
        for site in begun:
            serving.wait_for(site)
        yield


def _nginx(paper: Newspaper, way: Way) -> AbstractContextManager[object]:
    folder, port = paper.folder / way.name, paper.ports[way.name]
    _write_files(folder / "www")
    places: dict[str, str] = {
        "127.0.0.1:8000": paper.address().removeprefix("http://"),
        "/var/www/paper": str(folder / "www"),
        "pw_sk_your_key": paper.key,
        "proxy_set_header Host $host;": "proxy_set_header Host $http_host;",
    }
    if "your_edge_secret" in (GUIDES / "nginx" / way.target).read_text():
        places["your_edge_secret"] = paper.edge_secret
    return nginx(folder / "nginx", _spoilt(recipe(way.target, places), dict(way.spoilt)), port=port)


def _spoilt(text: str, places: Mapping[str, str]) -> str:
    for place, filling in places.items():
        assert place in text, place
        text = text.replace(place, filling)
    return text


def _write_files(root: Path) -> None:
    for key in KEYS:
        shown = f"<!doctype html><title>{key}</title><h1>{key}</h1><p>{preview(key)}</p>"
        for folder, text in (("articles", whole_page(key, "articles")), ("previews", shown)):
            (root / folder).mkdir(parents=True, exist_ok=True)
            (root / folder / f"{key}.html").write_text(text)
