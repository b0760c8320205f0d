"""The tour: every address, way of asking and person that a text may slip out by, the likeliest first."""

from collections.abc import Iterable, Iterator

from paywall.wall.audit.asking.asks import Answer, Ask
from paywall.wall.audit.asking.candidates import candidates_in, further_in, workers_in
from paywall.wall.audit.asking.cookies import EDITS, edited
from paywall.wall.audit.asking.fetching import Browser, Fetcher
from paywall.wall.audit.asking.guesses import cacheable, guesses, lists, spellings, twins
from paywall.wall.audit.asking.links import MOST_SITEMAPS, named_by, scripts_in, searches_in, sitemaps_in
from paywall.wall.audit.asking.people import EDITING, ENTITLED, GOOGLE_FROM_AFAR, VISITOR, askers, conditions, others
from paywall.wall.audit.meeting import Meeting
from paywall.wall.audit.plan import Plan
from paywall.wall.audit.surfaces import Surface

_MOST_AGAIN = 30
_NOT_AGAIN = frozenset({Surface.PAGE, Surface.CONDITION, Surface.SCRIPT, Surface.HEAD})
_WHOLE = {"Accept-Encoding": "identity"}


def tour(fetcher: Fetcher, meeting: Meeting, plan: Plan, *, is_metered: bool, words: str) -> None:
    """Ask for everything. Raises LimitReached where not all of it could be asked.

    With `is_metered` everybody carries the cookies of a visitor whose views are used up: whoever drops them is let in
    by the meter, and that is no leak. `words` are what to search for.
    """
    walker = _Tour(fetcher, meeting, carries_cookies=is_metered)
    site = meeting.site
    walker.lengths()
    walker.ask(walker.named)
    walker.people()
    walker.edited_cookies()
    walker.caches(is_there=bool(plan.cookie))
    walker.ask(guesses(site, Surface.AMP, Surface.FEED, Surface.SITEMAP))
    walker.ask(Ask(Surface.FEED, url) for url in plan.feeds)
    walker.ask(Ask(Surface.SITEMAP, url) for url in plan.sitemaps)
    walker.further_sitemaps()
    walker.ask([*guesses(site, Surface.PRINT, Surface.REST, Surface.OEMBED), *lists(site)])
    walker.ask(conditions(site.url))
    walker.candidates()
    walker.ask([*guesses(site, Surface.VARIANT), *twins(site), *spellings(site)])
    walker.ask(guesses(site, Surface.FOR_MACHINES, Surface.WORKER))
    walker.ask([*searches_in(meeting.first, site, words), *guesses(site, Surface.SEARCH, words=words)])
    walker.again_as_a_crawler()


class _Tour:
    def __init__(self, fetcher: Fetcher, meeting: Meeting, *, carries_cookies: bool) -> None:
        self._fetcher, self._meeting, self._carries_cookies = fetcher, meeting, carries_cookies
        self.named = list(named_by(meeting.first, meeting.site))
        self._asked = {answer.ask.shown_as for answer in fetcher.answers if not self._was_let_in(answer)}

    def ask(self, asks: Iterable[Ask]) -> list[Answer]:
        """Ask as a visitor for what was not asked yet."""
        return [self._fetcher.ask(self._browser(), one) for one in asks if self._is_new(one)]

    def people(self) -> None:
        """Ask for the page as everybody else."""
        for person in [*others(), *askers()]:
            browser = self._meeting.spent.copy(person) if self._carries_cookies else Browser(person)
            self._fetcher.ask(browser, Ask(Surface.PAGE, self._meeting.site.url))

    def edited_cookies(self) -> None:
        """Ask with the cookies that the site has given, short plain values of them turned round."""
        for change in EDITS:
            jar = edited(self._meeting.spent.jar, change)
            if jar is not None:
                browser = Browser(EDITING, keeps_cookies=True, jar=jar)
                self._fetcher.ask(browser, Ask(Surface.PAGE, self._meeting.site.url))

    def lengths(self) -> None:
        """Ask how long the page is, and for the page itself, unpacked."""
        url = self._meeting.site.url
        for person in (None, GOOGLE_FROM_AFAR):
            for method in ("HEAD", "GET"):
                browser = self._browser() if person is None else self._browser().copy(person)
                self._fetcher.ask(browser, Ask(Surface.HEAD, url, method, _WHOLE))

    def caches(self, *, is_there: bool) -> None:
        """Ask as the entitled reader, then as a visitor, for addresses that a cache may take for a file."""
        for ask in cacheable(self._meeting.site) if is_there else ():
            self._fetcher.ask_entitled(Browser(ENTITLED), ask.url, ask)
            self.ask([ask])

    def further_sitemaps(self) -> None:
        """Ask for the sitemaps that robots.txt and other sitemaps name."""
        for answer in [one for one in self._fetcher.answers if one.ask.surface is Surface.SITEMAP]:
            urls = (self._meeting.site.resolve(url) for url in sitemaps_in(answer))
            self.ask(Ask(Surface.SITEMAP, url) for url in list(urls)[:MOST_SITEMAPS] if url)

    def candidates(self) -> None:
        """Ask for what the page, its scripts and its service worker name, then for what lists fetch to go on."""
        site, page, lists_there = self._meeting.site, self._meeting.first, self._lists()
        self.ask(script for one in lists_there for script in scripts_in(one, site))
        with_code = [page, *self._of(Surface.SCRIPT)]
        workers = self.ask(worker for answer in with_code for worker in workers_in(answer, site))
        known = [answer for answer in [*workers, *self._of(Surface.WORKER)] if answer.status == 200]
        self.ask(candidates_in([*with_code, *known], page, site))
        self.ask(further_in(lists_there, with_code[1:], page, site))

    def again_as_a_crawler(self) -> None:
        """Ask as Googlebot for whatever was there for a visitor."""
        there: dict[str, Ask] = {}
        for answer in self._fetcher.answers:
            if answer.status == 200 and answer.ask.surface not in _NOT_AGAIN and not answer.ask.headers:
                there.setdefault(answer.ask.shown_as, answer.ask)
        likeliest = sorted(
            there.values(), key=lambda ask: ask.surface in (Surface.LISTING, Surface.VARIANT, Surface.SPELLING)
        )
        for ask in likeliest[:_MOST_AGAIN]:
            self._fetcher.ask(self._browser().copy(GOOGLE_FROM_AFAR), ask)

    def _lists(self) -> list[Answer]:
        """Return the front page and what else is known to be a list; not the other articles that were opened."""
        named = [*lists(self._meeting.site), *self.named]
        urls = {ask.url for ask in named if ask.surface is Surface.LISTING}
        every = {answer.ask.url: answer for answer in self._of(Surface.LISTING) if answer.is_page}
        return [answer for url, answer in every.items() if url in urls]

    def _of(self, surface: Surface) -> Iterator[Answer]:
        return (one for one in list(self._fetcher.answers) if one.ask.surface is surface and one.status == 200)

    def _browser(self) -> Browser:
        if self._carries_cookies:
            return self._meeting.spent.copy(self._meeting.spent.person)
        return Browser(VISITOR)

    def _is_new(self, ask: Ask) -> bool:
        is_new = ask.shown_as not in self._asked
        self._asked.add(ask.shown_as)
        return is_new

    def _was_let_in(self, answer: Answer) -> bool:
        """Tell whether this was asked as somebody whom the meter may have let in: it is to be asked again."""
        return self._carries_cookies and answer.person == VISITOR.name
