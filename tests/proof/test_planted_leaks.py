"""A stranger's newspaper, audited: the clean one is clean, and every leak in it is found, by what it is."""

import pytest

from paywall.wall.audit import Limits, Outcome, Plan, Report, audit
from paywall.wall.audit.surfaces import Place, Surface
from tests.proof.planted import ARTICLE_PATH, CANARY, LEAKS, make_site
from tests.wall.audit.paper import serve

FOUND_BY = {
    "full-text-feed": (Surface.FEED, Place.ENTRY, "/feed.xml"),
    "endless-scroll": (Surface.CANDIDATE, Place.DATA, "/api/stories?page=2"),
    "share-card-robot": (Surface.PAGE, Place.TEXT, ARTICLE_PATH),
    "shifted-letters": (Surface.PAGE, Place.HIDDEN, ARTICLE_PATH),
    "search-excerpts": (Surface.SEARCH, Place.TEXT, "/search?query=She%20has%20told"),
}


def _audited(leaks: frozenset[str]) -> tuple[Report, str]:
    with serve(make_site(leaks)) as address:
        return audit(Plan(address + ARTICLE_PATH, (CANARY,), limits=Limits(per_second=1_000))), address


def test_the_clean_newspaper_is_clean() -> None:
    report, _ = _audited(frozenset())
    assert (report.outcome, report.findings, report.is_cut_short) == (Outcome.CLEAN, (), False)


def test_each_of_five_leaks_is_found_beside_the_others() -> None:
    report, address = _audited(frozenset(LEAKS))
    found = [(one.surface, one.place, one.address.removeprefix(address)) for one in report.findings]
    assert sorted(found, key=str) == sorted((FOUND_BY[leak] for leak in LEAKS), key=str)


def test_a_leak_that_is_not_known_cannot_be_planted() -> None:
    with pytest.raises(KeyError):
        make_site(frozenset({"full-text-fed"}))
