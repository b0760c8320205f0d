"""Keys: how they are spelled, kept, proved, rotated and ended."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from paywall import clock
from paywall.audit import AuditEntry
from paywall.changes import ChangeFollower
from paywall.database import Database
from paywall.errors import BadInput, DatabaseUnavailable, NotFound
from paywall.publishers.keys.errors import KeyRefused, OriginRefused
from paywall.publishers.keys.listing import list_keys
from paywall.publishers.keys.making import NewKey, create_key, public_id_of, revoke_key, rotate_key
from paywall.publishers.keys.ring import KeyRing
from paywall.publishers.keys.rules import Scope, new_key, parse_origin, parse_scopes, read_key
from paywall.publishers.keys.tables import ApiKey
from paywall.publishers.profiles import Profiles
from paywall.publishers.rules import Profile
from paywall.publishers.sites import add_site

SITE = "https://www.news.test"
Make = Callable[..., str]


class TestASpelling:
    def test_tells_a_secret_key_from_a_publishable_one(self) -> None:
        secret, publishable = (read_key(new_key(is_publishable=kind)) for kind in (False, True))
        assert secret
        assert publishable
        assert (secret.is_publishable, publishable.is_publishable) == (False, True)

    def test_is_new_each_time(self) -> None:
        assert len({new_key(is_publishable=False) for _ in range(100)}) == 100

    @pytest.mark.parametrize("last", ["", "xx", " ", "\n", "=", "\u00e9", "x\n"])
    def test_with_another_end_is_none(self, last: str) -> None:
        assert read_key(new_key(is_publishable=False)[:-1] + last) is None

    def test_shows_its_id_whole_or_in_part(self) -> None:
        key = new_key(is_publishable=False)
        assert public_id_of(key) == public_id_of(key[:18]) == public_id_of(f"{key[:18]}_…") == key[6:18]


class TestAnOrigin:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("https://www.example.com", "https://www.example.com"),
            ("HTTPS://WWW.Example.com/", "https://www.example.com"),
            ("https://www.example.com:443", "https://www.example.com"),
            ("http://localhost:8000", "http://localhost:8000"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ],
    )
    def test_is_kept_as_browsers_spell_it(self, given: str, kept: str) -> None:
        assert parse_origin(given) == kept

    @pytest.mark.parametrize(
        "given",
        ["", "www.example.com", "https://", "https://a b", "ftp://a.example", "https://a.example/x", "https://a.example?x",
         "https://u@a.example", "https://*.example.com", "null", "https://[", "https://a.example:99999", "javascript:1",
         "https://b\u00fccher.example", "https://" + "a" * 300],
    )  # fmt: skip
    def test_is_refused_where_it_is_none(self, given: str) -> None:
        with pytest.raises(BadInput):
            parse_origin(given)


class TestScopes:
    @pytest.mark.parametrize("words", [[], ["all"], ["check", ""]])
    def test_are_a_closed_list(self, words: list[str]) -> None:
        with pytest.raises(BadInput, match="check, articles, readers, webhooks"):
            parse_scopes(words)


@pytest.fixture
def make(database: Database, publisher: Profile) -> Make:
    def make(*scopes: Scope, **more: Any) -> str:
        new = NewKey("web server", frozenset(scopes or {Scope.CHECK}), **more)
        with database.writing() as session:
            return create_key(session, publisher.id, new, actor="tests")

    return make


@pytest.fixture
def ring(database: Database) -> KeyRing:
    return KeyRing(database, Profiles(database))


@pytest.fixture
def follower(database: Database, ring: KeyRing) -> ChangeFollower:
    follower = ChangeFollower(database, [ring.hear])
    follower.poll()
    return follower


@pytest.fixture
def cut(database: Database) -> Iterator[Callable[[], None]]:
    """Cut the database off."""

    def fail(*_: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    yield lambda: event.listen(database.engine, "before_cursor_execute", fail)
    event.remove(database.engine, "before_cursor_execute", fail)


def use(ring: KeyRing, key: str, origin: str | None = None) -> Any:
    return ring.authenticate(f"Bearer {key}", origin)


class TestANewKey:
    def test_is_not_in_the_database(self, database: Database, make: Make) -> None:
        key = make()
        with database.reading() as session:
            row = session.scalars(select(ApiKey)).one()
            assert key[19:] not in str(vars(row))
            assert row.public_id == key[6:18]

    def test_is_in_the_audit_by_its_id(self, database: Database, make: Make) -> None:
        key = make(Scope.CHECK, Scope.ARTICLES)
        with database.reading() as session:
            entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject, entry.actor) == ("key_created", f"key:{key[6:18]}", "tests")
        assert entry.detail == {"scopes": ["articles", "check"]}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": " "},
            {"name": "x" * 101},
            {"name": "a\nb"},
            {"is_publishable": True, "scopes": frozenset({Scope.ARTICLES})},
            {"origins": (SITE,)},
            {"calls_per_second": 0},
        ],
    )
    def test_is_refused_where_it_would_make_no_sense(
        self, database: Database, publisher: Profile, wrong: dict[str, Any]
    ) -> None:
        values = {"name": "a key", "scopes": frozenset({Scope.CHECK}), **wrong}
        with pytest.raises(BadInput), database.writing() as session:
            create_key(session, publisher.id, NewKey(**values), actor="tests")


class TestProving:
    def test_says_whose_key_it_is_and_what_it_may(self, ring: KeyRing, make: Make, publisher: Profile) -> None:
        caller = use(ring, make(Scope.CHECK, Scope.READERS))
        assert caller.publisher_id == publisher.id
        assert (caller.scopes, caller.is_publishable) == ({Scope.CHECK, Scope.READERS}, False)

    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic eDp4", "pw_sk_", "Bearer pw_sk_\u00e9"])
    def test_refuses_what_is_no_key(self, ring: KeyRing, header: str | None) -> None:
        with pytest.raises(KeyRefused):
            ring.authenticate(header, None)

    def test_refuses_a_right_id_with_a_wrong_secret(self, ring: KeyRing, make: Make) -> None:
        key = make()
        use(ring, key)
        wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
        with pytest.raises(KeyRefused):
            use(ring, wrong)

    def test_refuses_a_secret_key_that_calls_itself_publishable(self, ring: KeyRing, make: Make) -> None:
        with pytest.raises(KeyRefused):
            use(ring, make().replace("pw_sk_", "pw_pk_"), SITE)

    def test_asks_the_database_once(self, ring: KeyRing, make: Make, cut: Callable[[], None]) -> None:
        seen, unseen = make(), make()
        use(ring, seen)
        cut()
        assert use(ring, seen)
        with pytest.raises(DatabaseUnavailable):
            use(ring, unseen)


class TestAKeyInAPage:
    def test_is_refused_where_it_is_secret(self, ring: KeyRing, make: Make) -> None:
        with pytest.raises(OriginRefused, match="belongs on a server"):
            use(ring, make(), SITE)

    def test_works_on_the_publishers_sites_where_it_names_no_origin(
        self, database: Database, ring: KeyRing, make: Make, publisher: Profile
    ) -> None:
        with database.writing() as session:
            add_site(session, publisher.id, SITE, actor="tests")
        key = make(is_publishable=True)
        assert use(ring, key, SITE).is_publishable
        for other in ("https://news.test.evil.example", "https://WWW.news.test", "http://www.news.test", "null", None):
            with pytest.raises(OriginRefused):
                use(ring, key, other)

    def test_works_at_the_origins_that_it_names_and_nowhere_else(
        self, database: Database, ring: KeyRing, make: Make, publisher: Profile
    ) -> None:
        with database.writing() as session:
            add_site(session, publisher.id, SITE, actor="tests")
        key = make(is_publishable=True, origins=("https://m.news.test",))
        assert use(ring, key, "https://m.news.test")
        with pytest.raises(OriginRefused):
            use(ring, key, SITE)

    def test_works_in_a_page_at_one_of_our_own_hosts(self, ring: KeyRing, make: Make) -> None:
        assert use(ring, make(is_publishable=True), "https://news.test")

    def test_makes_its_origins_known_for_preflights(
        self, database: Database, ring: KeyRing, make: Make, publisher: Profile
    ) -> None:
        with database.writing() as session:
            add_site(session, publisher.id, SITE, actor="tests")
        make(is_publishable=True, origins=("https://m.news.test",))
        assert ring.origins_of(publisher.id) == {SITE, "https://m.news.test"}


class TestARevokedKey:
    def test_ends_in_another_process_with_its_next_poll(
        self, database: Database, ring: KeyRing, make: Make, follower: ChangeFollower, publisher: Profile
    ) -> None:
        key = make()
        follower.poll()
        use(ring, key)
        with database.writing() as session:
            revoke_key(session, publisher.id, key[6:18], actor="tests")
        follower.poll()
        with pytest.raises(KeyRefused):
            use(ring, key)

    def test_can_not_be_revoked_or_rotated_again(self, database: Database, make: Make, publisher: Profile) -> None:
        key = make()
        with database.writing() as session:
            revoke_key(session, publisher.id, key[6:18], actor="tests")
        with pytest.raises(NotFound), database.writing() as session:
            revoke_key(session, publisher.id, key[6:18], actor="tests")
        with pytest.raises(NotFound), database.writing() as session:
            rotate_key(session, publisher.id, key[6:18], timedelta(), actor="tests")

    def test_is_nobody_elses_to_revoke(self, database: Database, ring: KeyRing, make: Make, publisher: Profile) -> None:
        key = make()
        with pytest.raises(NotFound), database.writing() as session:
            revoke_key(session, publisher.id + 1, key[6:18], actor="tests")
        assert use(ring, key)

    def test_that_is_read_while_it_is_revoked_is_not_kept(
        self, database: Database, ring: KeyRing, make: Make, publisher: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key, read = make(), ring._read
        follower = ChangeFollower(database, [ring.hear])
        follower.poll()

        def read_and_miss_the_news(public_id: str) -> ApiKey | None:
            row = read(public_id)
            with database.writing() as session:
                revoke_key(session, publisher.id, public_id, actor="tests")
            follower.poll()
            return row

        monkeypatch.setattr(ring, "_read", read_and_miss_the_news)
        assert use(ring, key)
        monkeypatch.undo()
        with pytest.raises(KeyRefused):
            use(ring, key)


class TestARotatedKey:
    def test_works_until_the_overlap_is_over(
        self, database: Database, ring: KeyRing, make: Make, publisher: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = make(Scope.CHECK, Scope.ARTICLES, calls_per_second=7)
        with database.writing() as session:
            new = rotate_key(session, publisher.id, old[6:18], timedelta(hours=1), actor="tests")
        assert use(ring, old).scopes == use(ring, new).scopes
        assert use(ring, new).calls_per_second == 7
        monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + timedelta(hours=1))
        assert use(ring, new)
        with pytest.raises(KeyRefused):
            use(ring, old)

    def test_does_not_live_longer_by_being_rotated_again(
        self, database: Database, make: Make, publisher: Profile
    ) -> None:
        old = make()
        for hours in (1, 5):
            with database.writing() as session:
                rotate_key(session, publisher.id, old[6:18], timedelta(hours=hours), actor="tests")
        with database.reading() as session:
            ends = {key.shown_as: key.expires_at for key in list_keys(session, publisher.id, clock.wall())}[old[:18]]
        assert ends
        assert ends <= clock.wall() + timedelta(hours=1)

    @pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=31)])
    def test_can_not_overlap_for_less_than_nothing_or_for_ever(
        self, database: Database, make: Make, publisher: Profile, overlap: timedelta
    ) -> None:
        key = make()
        with pytest.raises(BadInput, match="at most 30 days"), database.writing() as session:
            rotate_key(session, publisher.id, key[6:18], overlap, actor="tests")


class TestTheLastUse:
    def _stored(self, database: Database) -> list[datetime | None]:
        with database.reading() as session:
            return list(session.scalars(select(ApiKey.last_used_at).order_by(ApiKey.id)))

    def test_is_stored_when_it_is_time_and_not_with_each_call(
        self, database: Database, ring: KeyRing, make: Make
    ) -> None:
        make()
        key = make()
        use(ring, key)
        assert self._stored(database) == [None, None]
        ring.note_uses()
        never, used = self._stored(database)
        assert never is None
        assert used
        assert abs(used - clock.wall()) < timedelta(minutes=1)

    def test_never_moves_back(self, database: Database, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        key, rings = make(), [KeyRing(database, Profiles(database)) for _ in range(2)]
        for ring, ago in zip(rings, (0, 30), strict=True):
            monkeypatch.setattr(clock, "wall", lambda ago=ago: datetime(2026, 11, 27, 12, tzinfo=UTC) - timedelta(ago))
            use(ring, key)
            ring.note_uses()
        assert self._stored(database) == [datetime(2026, 11, 27, 12, tzinfo=UTC)]

    def test_waits_while_the_database_is_away(
        self, database: Database, ring: KeyRing, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(ring, make())
        with monkeypatch.context() as away:
            away.setattr(database, "writing", _no_database)
            ring.note_uses()
        ring.note_uses()
        assert self._stored(database) != [None]


def _no_database() -> Any:
    raise OperationalError("", {}, Exception("gone"))
