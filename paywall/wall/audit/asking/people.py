"""Who asks: visitors, those who play a crawler, come from a search engine, forge a cookie, or ask as scripts do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from paywall.wall.audit.asking.asks import Ask
from paywall.wall.audit.surfaces import Surface

OUR_AGENT = "Mozilla/5.0 (compatible; paywall-audit/1.0; a leak audit that the operator of this site has started)"
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CRAWLERS = {
    "Googlebot": GOOGLEBOT,
    "Googlebot-News": "Googlebot-News",
    "Googlebot on a phone": f"{_PHONE} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Google-InspectionTool": "Mozilla/5.0 (compatible; Google-InspectionTool/1.0)",
    "AdsBot": "AdsBot-Google (+http://www.google.com/adsbot.html)",
    "bingbot": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Applebot": "Mozilla/5.0 (compatible; Applebot/0.1; +http://www.apple.com/go/applebot)",
    "YandexBot": "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Baiduspider": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "DuckDuckBot": "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "facebookexternalhit": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Twitterbot": "Twitterbot/1.0",
    "LinkedInBot": "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)",
    "Slackbot": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp": "WhatsApp/2.23.20.0",
    "TelegramBot": "TelegramBot (like TwitterBot)",
    "GPTBot": "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "OAI-SearchBot": "Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)",
    "ClaudeBot": "Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    "PerplexityBot": "Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)",
    "CCBot": "CCBot/2.0 (https://commoncrawl.org/faq/)",
    "archive.org_bot": "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Mediapartners-Google": "Mediapartners-Google",
    "GoogleOther": "GoogleOther",
    "Feedfetcher-Google": "FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)",
    "Slurp": "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "Amazonbot": "Mozilla/5.0 (compatible; Amazonbot/0.1; +https://developer.amazon.com/support/amazonbot)",
    "Bytespider": "Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)",
    "meta-externalagent": "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "ChatGPT-User": "Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)",
    "Pinterestbot": "Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)",
    "Discordbot": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "ia_archiver": "ia_archiver (+http://www.alexa.com/site/help/webmasters)",
    "Feedly": "Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)",
    "Flipboard": "Mozilla/5.0 (compatible; FlipboardProxy/1.2; +http://flipboard.com/browserproxy)",
    "curl": "curl/8.14.1",
    "Lighthouse": f"{_BROWSER} Chrome-Lighthouse",
}
_GOOGLE_ADDRESS = "66.249.66.1"
_FORWARDING = ("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP")
REFERRERS = {
    "Google": "https://www.google.com/",
    "Google News": "https://news.google.com/",
    "Facebook": "https://l.facebook.com/",
    "X": "https://t.co/a",
    "Bing": "https://www.bing.com/",
    "LinkedIn": "https://www.linkedin.com/",
    "Reddit": "https://www.reddit.com/",
    "AMP's cache": "https://cdn.ampproject.org/",
    "a look-alike of Google": "https://www.google.com.evil.example/",
}
_FORGED = (
    "subscriber=1; subscribed=true; premium=1; isSubscriber=true; logged_in=1; user_type=premium; meter=0; paywall=0"
)
_MADE_UP = {
    "X-Subscriber": "1", "X-Premium": "1", "X-User-Role": "subscriber", "X-Paywall": "off", "X-Preview": "1",
    "X-Debug": "1", "Paywall-Decision": "full", "Forwarded": f"for={_GOOGLE_ADDRESS}", "X-Requested-By": "editor",
}  # fmt: skip
NO_FREE_VIEW = "a visitor whose free views are used up"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks. `mend` says how to close what opens for nobody but people like this one."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    mend: str = ""


VISITOR = Person("a visitor", {"User-Agent": OUR_AGENT})
RETURNING = Person("a visitor who keeps cookies", {"User-Agent": OUR_AGENT})
EDITING = Person(
    "a visitor who edits the site's cookies",
    {"User-Agent": OUR_AGENT},
    "Keep on the server what a cookie says (views, roles), or sign it: who holds it can write in it.",
)
SPENT = Person(NO_FREE_VIEW, {"User-Agent": OUR_AGENT})
ENTITLED = Person("the entitled reader", {"User-Agent": OUR_AGENT})
CRAWLER_MEND = (
    "Verify crawlers by forward-confirmed reverse DNS or published ranges, never by what they call themselves."
)
GOOGLE_FROM_AFAR = Person(
    "Googlebot with a forged address",
    {"User-Agent": GOOGLEBOT, "Referer": REFERRERS["Google"], **dict.fromkeys(_FORWARDING, _GOOGLE_ADDRESS)},
    "Believe X-Forwarded-For and its like only from your own proxies, and verify crawlers by the connection's address.",
)


def others() -> Iterator[Person]:
    """Yield everybody who asks for the article's page beside the visitors."""
    yield GOOGLE_FROM_AFAR
    for name, agent in CRAWLERS.items():
        yield Person(f"{name}, by its name only", {"User-Agent": agent}, CRAWLER_MEND)
    for name, referrer in REFERRERS.items():
        yield _visitor(f"a visitor from {name}", "Don't open for a Referer: anybody can send one.", Referer=referrer)
    yield Person("an ordinary browser", {"User-Agent": _BROWSER}, "Don't open for some browsers: their names are free.")
    yield Person("a phone", {"User-Agent": _PHONE}, "Put the same check in front of the page that phones are sent.")
    network = "Believe forwarded addresses only from your own proxies."
    yield _visitor("a visitor from inside", network, **dict.fromkeys(_FORWARDING, "127.0.0.1"))
    yield _visitor("a visitor who forges cookies", "Sign cookies, or keep what they say on the server.", Cookie=_FORGED)
    made_up = "Take nothing about a reader from headers that anybody can send."
    yield _visitor("a visitor who makes up headers", made_up, **_MADE_UP)
    prefetch = "Send prefetches of locked pages an empty answer."
    yield _visitor(
        "a prefetching browser", prefetch, **{"Sec-Purpose": "prefetch", "Purpose": "prefetch", "X-Moz": "prefetch"}
    )


_PARTS = "Put the check in front of partial and machine-readable answers too."
WAYS: dict[str, Mapping[str, str]] = {
    "a script (XMLHttpRequest)": {"X-Requested-With": "XMLHttpRequest"},
    "a script that asks for JSON": {"Accept": "application/json"},
    "a program that asks for plain text": {"Accept": "text/markdown, text/plain"},
    "a framework (RSC)": {"RSC": "1", "Next-Router-State-Tree": "%5B%22%22%5D"},
    "a framework (partial page)": {"HX-Request": "true", "X-PJAX": "true", "Turbo-Frame": "main"},
    "a framework (Inertia)": {"X-Inertia": "true", "X-Requested-With": "XMLHttpRequest"},
    "a program of the fediverse": {"Accept": "application/activity+json"},
}


def askers() -> Iterator[Person]:
    """Yield those who ask for the page in another shape."""
    for name, headers in WAYS.items():
        yield _visitor(name, _PARTS, **headers)


CONDITIONS: tuple[Mapping[str, str], ...] = (
    {"Range": "bytes=0-"},
    {"Range": "bytes=4000-"},
    {"Range": "bytes=-3000"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Thu, 01 Jan 2037 00:00:00 GMT"},
    {"Accept-Encoding": "identity"},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "deflate"},
    {"Save-Data": "on"},
    {"Cache-Control": "no-cache", "Pragma": "no-cache"},
)


def conditions(url: str) -> Iterator[Ask]:
    """Yield the page asked for with conditions, in parts, and packed in other ways."""
    for headers in CONDITIONS:
        yield Ask(Surface.CONDITION, url, headers=headers)


def _visitor(name: str, mend: str, **headers: str) -> Person:
    return Person(name, {"User-Agent": OUR_AGENT, **headers}, mend)
