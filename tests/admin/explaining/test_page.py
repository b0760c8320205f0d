"""The page that explains: whom and what it is asked about, and that its answer is the gate's own."""

import itertools
import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from paywall import clock
from paywall.admin.explaining.words import ABSENT, FACTS, OPEN, PROMPTS, SHUT
from paywall.app import Product
from paywall.articles.rules import Presence
from paywall.articles.tables import Article
from paywall.gate.access import Who
from paywall.gate.decide import Case
from paywall.gate.decision import OPENING, Prompt, Reason
from paywall.publishers.profiles import choose
from paywall.staff.rules import Role
from tests.admin.dossier.life import begin, live_on, new_article, subscribe
from tests.staff.people import Person, member

_numbers = itertools.count()
HERE = "/admin/explain"


@pytest.fixture
def support(product: Product) -> Person:
    return member(product, Role.SUPPORT)


@pytest.fixture
def metered(product: Product) -> Article:
    return add(product, "metered")


def add(product: Product, access: str, slug: str = "news") -> Article:
    """Publish an article of a name that no other test has: the gate remembers them."""
    article = new_article(choose(product.database, slug).id, clock.now(), f"{access}-{next(_numbers)}", access)
    with product.database.writing() as session:
        session.add(article)
    return article


def verdict(text: str) -> tuple[str, str]:
    found = re.search(r'status status-\w+">([^<]*)</span> <span id="verdict">([^<]*)</span>', text)
    assert found
    return found[1], found[2]


def ask(person: Person, **query: str) -> str:
    answer = person.browser.get(f"{HERE}?{'&'.join(f'{name}={quote(value)}' for name, value in query.items())}")
    assert answer.status_code == 200
    return answer.text


class TestAReader:
    def test_who_subscribes_reads_it_and_the_rule_that_says_so_is_told(
        self, product: Product, support: Person, metered: Article
    ) -> None:
        life = begin(product)
        subscribe(product, life)
        text = ask(support, reader="leyla@example.com", article=metered.slug)
        assert verdict(text) == ("Open", "The subscription opens it.")
        assert "<strong>The entitled read everything</strong>" in text
        assert f'href="/admin/subscribers/{life.reader_id}"' in text

    def test_without_anything_is_shown_the_wall_of_a_subscribers_article(
        self, product: Product, support: Person
    ) -> None:
        begin(product)
        text = ask(support, reader="leyla@example.com", article=add(product, "subscribers").slug)
        assert verdict(text)[0] == "Shut"
        assert "It needs a subscription" in text
        assert "The wall asks to subscribe." in text

    def test_with_views_left_would_open_a_metered_one(
        self, product: Product, support: Person, metered: Article
    ) -> None:
        begin(product)
        word, sentence = verdict(ask(support, reader="leyla@example.com", article=metered.slug))
        assert word == "Would open"
        assert "Views left: 10" in sentence

    @pytest.mark.parametrize(
        "form", ["LEYLA@example.com", " leyla@example.com ", "#{id}", "{id}", "sub_{id}", "NEWS-{id}"]
    )
    def test_is_found_by_any_name(self, product: Product, support: Person, metered: Article, form: str) -> None:
        life = begin(product)
        subscribe(product, life)
        assert verdict(ask(support, reader=form.format(id=life.reader_id), article=metered.slug))[0] == "Open"

    @pytest.mark.parametrize("typed", ["nobody@example.com", "not an address@", "9" * 18, "sub_x", "\x00"])
    def test_who_is_none_of_ours_is_not_found(self, support: Person, metered: Article, typed: str) -> None:
        answer = support.browser.get(f"{HERE}?reader={quote(typed)}&article={metered.slug}")
        assert answer.status_code == 422
        assert 'id="reader-error"' in answer.text

    def test_of_another_newspaper_is_not_found(self, product: Product, support: Person, metered: Article) -> None:
        life = begin(product, slug="other")
        for name in ("leyla@example.com", f"%23{life.reader_id}"):
            assert support.browser.get(f"{HERE}?reader={name}&article={metered.slug}").status_code == 422


class TestAVisitor:
    def test_who_is_new_has_views_left(self, support: Person, metered: Article) -> None:
        word, sentence = verdict(ask(support, visitor="new", article=metered.slug))
        assert (word, "Views left: 5" in sentence) == ("Would open", True)

    def test_who_has_read_all_that_is_free_is_shut_out(self, support: Person, metered: Article) -> None:
        word, sentence = verdict(ask(support, visitor="spent", article=metered.slug))
        assert word == "Shut"
        assert sentence.startswith("The free articles of this window are used up. The wall asks to subscribe.")

    def test_asking_spends_nothing(self, support: Person, metered: Article) -> None:
        for _ in range(2):
            ask(support, visitor="spent", article=metered.slug)
            _, sentence = verdict(ask(support, visitor="new", article=metered.slug))
            assert "Views left: 5" in sentence

    @pytest.mark.parametrize("visitor", ["old", "\x00"])
    def test_of_another_kind_is_refused(self, support: Person, metered: Article, visitor: str) -> None:
        answer = support.browser.get(f"{HERE}?visitor={quote(visitor)}&article={metered.slug}")
        assert (answer.status_code, 'id="visitor-error"' in answer.text) == (422, True)


class TestAnArticle:
    @pytest.mark.parametrize("form", ["{}", "/articles/{}", "https://news.test/articles/{}?utm_source=x#top", " {} "])
    def test_is_found_by_slug_or_address(self, support: Person, metered: Article, form: str) -> None:
        assert verdict(ask(support, visitor="new", article=form.format(metered.slug)))[0] == "Would open"

    @pytest.mark.parametrize(
        "typed", ["https://news.test/articles/none", "http://[", "\x00", "/articles/%00", "a" * 5000]
    )
    def test_that_is_not_there_is_not_found(self, support: Person, typed: str) -> None:
        answer = support.browser.get(f"{HERE}?visitor=new&article={quote(typed)}")
        assert (answer.status_code, 'id="article-error"' in answer.text) == (422, True)

    def test_of_another_newspaper_is_not_found(self, product: Product, support: Person) -> None:
        theirs = add(product, "free", "other")
        assert support.browser.get(f"{HERE}?visitor=new&article={theirs.slug}").status_code == 422

    def test_that_is_withdrawn_has_no_page(self, product: Product, support: Person, metered: Article) -> None:
        with product.database.writing() as session:
            row = session.scalars(select(Article).where(Article.id == metered.id)).one()
            row.withdrawn_at = clock.now()
        word, sentence = verdict(ask(support, visitor="new", article=metered.slug))
        assert (word, "withdrawn" in sentence) == ("No page", True)

    def test_that_is_not_chosen_yet_can_be_chosen(self, product: Product, support: Person, metered: Article) -> None:
        begin(product)
        text = ask(support, reader="leyla@example.com")
        assert f'href="/admin/explain?article={metered.slug}&amp;reader=leyla%40example.com"' in text


class TestTheAnswer:
    @pytest.mark.parametrize("access", ["free", "registered", "metered", "subscribers"])
    def test_is_that_of_the_gate(self, product: Product, support: Person, access: str) -> None:
        article, life = add(product, access), begin(product)
        subscribe(product, life)
        live_on(product, life)
        profile, gate = choose(product.database, "news"), product.gate.gate
        who = Who(f"r{life.reader_id}", reader_id=life.reader_id)
        decision = gate.check_access(profile, article.card, who, counts=False, now=clock.now()).decision
        assert f"Paywall-Decision: {decision.header}<" in ask(
            support, reader=f"#{life.reader_id}", article=article.slug
        )

    def test_has_words_for_everything_that_the_gate_may_say(self) -> None:
        assert {name.replace("_", " ") for name in Case._fields} <= set(FACTS)
        gone = {Reason.GIFT, Reason.SEAT, Reason.INSTITUTION, Reason.GIFT_LINK}  # nothing gives them yet
        assert set(OPEN) >= set(OPENING) - gone
        assert set(SHUT) >= set(Reason) - set(OPENING)
        assert set(PROMPTS) == set(Prompt)
        assert set(ABSENT) == set(Presence) - {Presence.PUBLISHED}


class TestWhoMay:
    def test_a_viewer_asks_too(self, product: Product, metered: Article) -> None:
        assert verdict(ask(member(product, Role.VIEWER), visitor="new", article=metered.slug))

    def test_a_reader_does_not(self, product: Product) -> None:
        assert begin(product).person.browser.get(HERE).status_code == 404

    def test_what_was_sent_twice_is_refused(self, support: Person) -> None:
        assert support.browser.get(f"{HERE}?reader=a&reader=b&article=x&article=y").status_code == 422
