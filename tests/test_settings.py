"""Settings come from the environment; what can't be used is refused by the variable's name, never with its value."""

from pathlib import Path

import pytest

from paywall.settings import BadSettings, Environment, Settings, read_settings

SECRET = "a-secret-key-of-thirty-two-bytes!"
GOOD = {"PAYWALL_SECRET_KEY": SECRET, "PAYWALL_BASE_URL": "https://news.example.com"}
HOSTILE = {
    "spaces only": "   ",
    "a NUL inside": "a\x00b",
    "overlong UTF-8": b"\xc0\xaf".decode("utf-8", "surrogateescape"),
    "a byte order mark": "\ufeffx",
    "a flood of combining marks": "e" + "\u0301" * 5000,
    "an emoji": "😀",
    "ten megabytes": "x" * 10_485_760,
    "a header injection": "x\r\nBcc: v@evil.example",
    "a script": "<script>alert(1)</script>",
    "an attribute break": '" onmouseover=alert(1) x="',
    "an SQL quote": "' OR '1'='1' --",
    "SQL wildcards": "%_%",
    "a path": "../../etc/passwd",
    "a formula": '=HYPERLINK("http://evil")',
    "a format string": "%s%n{0.__class__}",
    "JSON": '{"$ne":null}',
    "a huge number": "100000000000000000000000",
    "an underscored number": "1_000",
    "full-width digits": "１２",
    "a number that is none": "NaN",
}
STRICT = (
    "SECRET_KEY BASE_URL ENV DATABASE_URL METER_URL REDIS_URL STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRETS SMTP_URL "
    "TRUSTED_PROXIES METER_LIMIT READER_METER_LIMIT TZ WORKERS DRAIN LOG_LEVEL GATE_EVENTS_DAYS "
    "PAYMENTS_SILENT_HOURS"
).split()


def settings(**more: str) -> Settings:
    return read_settings(GOOD | {f"PAYWALL_{name.upper()}": value for name, value in more.items()})


def problems(**more: str) -> dict[str, str]:
    with pytest.raises(BadSettings) as refused:
        settings(**more)
    return refused.value.problems


class TestGoodSettings:
    def test_two_variables_are_enough(self) -> None:
        assert settings().base_url == "https://news.example.com"

    def test_a_slash_behind_the_address_is_dropped(self) -> None:
        assert settings(base_url="https://news.example.com/").base_url == "https://news.example.com"

    def test_a_unicode_host_becomes_punycode(self) -> None:
        assert settings(base_url="https://bücher.example").base_url == "https://xn--bcher-kva.example"

    def test_two_webhook_secrets_are_taken_while_one_is_replaced(self) -> None:
        both = settings(stripe_secret_key="sk_live_abc", stripe_webhook_secrets="whsec_aaaaaaaaa, whsec_bbbbbbbbb")
        assert both.stripe_webhook_secrets == ("whsec_aaaaaaaaa", "whsec_bbbbbbbbb")

    def test_a_restricted_key_is_taken(self) -> None:
        assert settings(stripe_secret_key="rk_live_abc", stripe_webhook_secrets="whsec_aaaaaaaaa").stripe_secret_key

    def test_an_allowance_of_nought_is_a_hard_wall(self) -> None:
        assert settings(meter_limit="0").meter_limit == 0

    def test_hosts_that_may_be_asked_are_kept_in_one_spelling(self) -> None:
        given = settings(outgoing_hosts="Hooks.Internal:8000, 10.0.0.7,[0:0::1]:9000, bücher.test")
        assert given.outgoing_hosts == ("hooks.internal:8000", "10.0.0.7", "[::1]:9000", "xn--bcher-kva.test")

    def test_a_secret_may_come_from_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text(SECRET + "\n")
        found = read_settings(
            {"PAYWALL_SECRET_KEY_FILE": str(tmp_path / "key"), "PAYWALL_BASE_URL": "https://news.example.com"}
        )
        assert found.secret_key == SECRET

    def test_the_variable_wins_over_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "zone").write_text("Asia/Baku")
        assert settings(tz="Europe/Riga", tz_file=str(tmp_path / "zone")).tz == "Europe/Riga"

    def test_the_meter_lives_beside_a_sqlite_database(self) -> None:
        assert (
            settings(database_url="sqlite:////data/p.sqlite3").effective_meter_url == "sqlite:////data/p.meter.sqlite3"
        )

    def test_the_meter_lives_in_redis_where_there_is_one(self) -> None:
        assert settings(redis_url="redis://cache/0").effective_meter_url == "redis://cache/0"


class TestBadSettings:
    @pytest.mark.parametrize("variable", STRICT)
    @pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
    def test_hostile_values_are_refused_by_name_and_never_repeated(self, variable: str, value: str) -> None:
        if variable == "SECRET_KEY" and value == HOSTILE["a flood of combining marks"]:
            value = value[:4000]
        with pytest.raises(BadSettings) as refused:
            read_settings(GOOD | {f"PAYWALL_{variable}": value})
        assert list(refused.value.problems) == [f"PAYWALL_{variable}"]
        assert value.strip() == "" or value not in str(refused.value)

    @pytest.mark.parametrize("key", ["changeme", "dev", "x" * 31, "x" * 40])
    def test_a_weak_secret_key_is_refused(self, key: str) -> None:
        assert list(problems(secret_key=key)) == ["PAYWALL_SECRET_KEY"]

    def test_missing_variables_are_all_named_at_once(self) -> None:
        with pytest.raises(BadSettings) as refused:
            read_settings({})
        assert refused.value.problems == {"PAYWALL_SECRET_KEY": "missing", "PAYWALL_BASE_URL": "missing"}

    def test_a_mistyped_variable_is_refused_with_the_nearest_name(self) -> None:
        assert problems(meterlimit="5") == {"PAYWALL_METERLIMIT": "unknown variable; did you mean PAYWALL_METER_LIMIT?"}

    @pytest.mark.parametrize("value", ["-1", "abc", "1e3", "5.5", "", "1" * 23])
    def test_an_allowance_must_be_a_whole_number(self, value: str) -> None:
        assert list(problems(meter_limit=value)) == ["PAYWALL_METER_LIMIT"]

    @pytest.mark.parametrize("value", ["0", "-1", "1000000"])
    def test_the_number_of_workers_has_bounds(self, value: str) -> None:
        assert list(problems(workers=value)) == ["PAYWALL_WORKERS"]

    @pytest.mark.parametrize("url", ["http://news.example.com", "https://news.example.com/path", "news.example.com"])
    def test_the_address_must_be_https_without_a_path(self, url: str) -> None:
        assert list(problems(base_url=url)) == ["PAYWALL_BASE_URL"]

    def test_a_test_key_has_no_place_in_production(self) -> None:
        found = problems(stripe_secret_key="sk_test_abc", stripe_webhook_secrets="whsec_aaaaaaaaa")
        assert list(found) == ["PAYWALL_STRIPE_SECRET_KEY"]

    def test_a_live_key_has_no_place_in_tests(self) -> None:
        found = problems(env="test", stripe_secret_key="sk_live_abc", stripe_webhook_secrets="whsec_aaaaaaaaa")
        assert list(found) == ["PAYWALL_STRIPE_SECRET_KEY"]

    def test_a_publishable_key_is_no_secret_key(self) -> None:
        assert list(problems(stripe_secret_key="pk_live_abc")) == ["PAYWALL_STRIPE_SECRET_KEY"]

    def test_stripe_without_a_webhook_secret_is_refused(self) -> None:
        assert list(problems(stripe_secret_key="sk_live_abc")) == ["PAYWALL_STRIPE_WEBHOOK_SECRETS"]

    @pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://host:port/x"])
    def test_a_database_of_another_kind_is_refused(self, url: str) -> None:
        assert list(problems(database_url=url)) == ["PAYWALL_DATABASE_URL"]

    def test_a_network_that_is_none_is_refused(self) -> None:
        assert list(problems(trusted_proxies="10.0.0.0/33")) == ["PAYWALL_TRUSTED_PROXIES"]

    @pytest.mark.parametrize(
        "value",
        ["http://x.test", "x.test/", "a@x.test", "10.0.0.0/8", "127.1", "x:0", "x:y", "a,,b", "*", "[x]", "a b"],
    )
    def test_what_is_no_host_can_not_be_listed(self, value: str) -> None:
        assert list(problems(outgoing_hosts=value)) == ["PAYWALL_OUTGOING_HOSTS"]

    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadSettings) as refused:
            read_settings(GOOD | {"PAYWALL_SMTP_URL_FILE": str(tmp_path / "nothing")})
        assert list(refused.value.problems) == ["PAYWALL_SMTP_URL_FILE"]

    def test_the_clock_is_turned_only_where_payments_are_not_real(self, tmp_path: Path) -> None:
        file = tmp_path / "clock"
        assert list(problems(clock_file=str(file))) == ["PAYWALL_CLOCK_FILE"]
        assert settings(clock_file=str(file), env="test").clock_file == file

    @pytest.mark.parametrize("place", ["", "nothing/clock"])
    def test_a_clock_file_needs_a_folder(self, tmp_path: Path, place: str) -> None:
        assert "PAYWALL_CLOCK_FILE" in problems(clock_file=str(tmp_path / place), env="test")

    def test_the_demo_may_use_plain_http(self) -> None:
        assert settings(env="demo", base_url="http://127.0.0.1:8000").env is Environment.DEMO
