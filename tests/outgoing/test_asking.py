"""One request: pinned, checked, limited, and nothing followed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from paywall.errors import PaywallError
from paywall.outgoing.asking import Limits, NoAnswer, Outgoing
from paywall.outgoing.targets import AddressRefused, read_target
from tests.engines import free_port
from tests.outgoing.certificates import Authority
from tests.outgoing.receiver import Receiver, Request, Write, plain, receiving

QUICK = Limits(connect_seconds=1, read_seconds=0.5, total_seconds=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(plain(200, b"thank you")) as made:
        yield made


def at_home(receiver: Receiver, limits: Limits = QUICK, path: str = "/hooks") -> PaywallError | None:
    """Ask the receiver; return what went wrong."""
    try:
        Outgoing((receiver.place,)).ask("POST", receiver.url(path), body=b"{}", limits=limits)
    except PaywallError as error:
        return error
    return None


class TestARequest:
    def test_says_what_it_was_given_and_brings_back_the_answer(self, receiver: Receiver) -> None:
        outgoing = Outgoing((receiver.place,))
        answer = outgoing.ask("POST", receiver.url("/a;b?c=d%20e"), body=b'{"a":1}', headers={"X-Mine": "yes"})
        assert (answer.status, answer.body, answer.is_cut) == (200, b"thank you", False)
        [request] = receiver.requests
        assert (request.method, request.path, request.body) == ("POST", "/a;b?c=d%20e", b'{"a":1}')
        assert request.headers["x-mine"] == "yes"
        assert request.headers["host"] == receiver.place

    def test_goes_to_the_address_that_was_looked_up_and_names_the_host(self, receiver: Receiver) -> None:
        host = f"hooks.test:{receiver.port}"
        outgoing = Outgoing((host,), resolve=lambda _host, _port: ["127.0.0.1"])
        assert outgoing.ask("GET", f"http://{host}/").status == 200
        assert receiver.requests[0].headers["host"] == host

    def test_tries_the_next_address_where_the_first_takes_no_connection(self, receiver: Receiver) -> None:
        outgoing = Outgoing(("hooks.test",), resolve=lambda _host, _port: ["::1", "127.0.0.1"])
        assert outgoing.ask("GET", f"http://hooks.test:{receiver.port}/").status == 200

    def test_does_not_use_the_proxy_of_the_environment(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
        assert at_home(receiver) is None

    def test_takes_a_redirect_for_an_answer(self, receiver: Receiver) -> None:
        receiver.reply = plain(302, Location=receiver.url("/elsewhere"))
        assert Outgoing((receiver.place,)).ask("GET", receiver.url()).headers["location"] == receiver.url("/elsewhere")
        assert len(receiver.requests) == 1


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    def outgoing(self, authority: Authority) -> Outgoing:
        return Outgoing(("hooks.test",), resolve=lambda _host, _port: ["127.0.0.1"], tls=authority.trusting())

    def test_is_spoken_with_the_name_though_the_connection_goes_to_the_address(self, authority: Authority) -> None:
        asked_for: list[str] = []
        with receiving(plain(200), authority.serving("hooks.test", asked_for)) as receiver:
            assert self.outgoing(authority).ask("GET", f"https://hooks.test:{receiver.port}/").status == 200
        assert asked_for == ["hooks.test"]

    def test_is_refused_with_a_certificate_for_another_name(self, authority: Authority) -> None:
        with receiving(plain(200), authority.serving("other.test")) as receiver:
            with pytest.raises(NoAnswer, match="certificate"):
                self.outgoing(authority).ask("GET", f"https://hooks.test:{receiver.port}/")
            assert receiver.requests == []

    def test_is_refused_with_a_certificate_of_an_unknown_authority(self, authority: Authority) -> None:
        with receiving(plain(200), authority.serving("hooks.test")) as receiver, pytest.raises(NoAnswer, match="TLS"):
            Outgoing(("hooks.test",), resolve=lambda _host, _port: ["127.0.0.1"]).ask(
                "GET", f"https://hooks.test:{receiver.port}/"
            )


def drip(_request: Request, write: Write) -> None:
    """Answer a byte at a time, so that no single one is late."""
    write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        write(b"x")
        time.sleep(0.05)


def drip_headers(_request: Request, write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        write(b"X-%d: y\r\n" % number)
        time.sleep(0.05)


def say_nothing(_request: Request, _write: Write) -> None:
    time.sleep(2)


def continue_for_ever(_request: Request, write: Write) -> None:
    for _ in range(200):
        write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


class TestLimits:
    @pytest.mark.parametrize("reply", [drip, drip_headers, say_nothing, continue_for_ever])
    def test_nobody_is_listened_to_for_longer_than_that(self, receiver: Receiver, reply: object) -> None:
        receiver.reply = reply  # type: ignore[assignment]
        began = time.monotonic()
        error = at_home(receiver)
        assert isinstance(error, NoAnswer)
        assert error.sentence == "No whole answer within 1 seconds."
        assert time.monotonic() - began < 5, "200 drips take 10 seconds"

    def test_a_name_server_that_hangs_is_not_waited_for(self) -> None:
        def hang(_host: str, _port: int) -> list[str]:
            time.sleep(3)
            return []

        with pytest.raises(NoAnswer, match="leads nowhere"):
            Outgoing(resolve=hang).ask("GET", "http://news.example/", limits=QUICK)

    def test_of_a_long_answer_only_the_beginning_is_read(self, receiver: Receiver) -> None:
        receiver.reply = plain(200, b"x" * 5_000_000)
        answer = Outgoing((receiver.place,)).ask("GET", receiver.url(), limits=Limits(answer_bytes=1000))
        assert (len(answer.body), answer.is_cut) == (1000, True)

    def test_endless_headers_are_no_answer(self, receiver: Receiver) -> None:
        receiver.reply = lambda _request, write: write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000)
        assert isinstance(at_home(receiver), NoAnswer)

    @pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
    def test_what_is_not_http_or_breaks_off_is_no_answer(self, receiver: Receiver, said: bytes) -> None:
        receiver.reply = lambda _request, write: write(said)
        assert isinstance(at_home(receiver), NoAnswer)

    def test_nobody_listening_is_no_answer(self) -> None:
        place = f"127.0.0.1:{free_port()}"
        with pytest.raises(NoAnswer, match="refused"):
            Outgoing((place,)).ask("GET", f"http://{place}/")

    def test_a_name_without_an_address_is_no_answer(self) -> None:
        with pytest.raises(NoAnswer, match="leads nowhere"):
            Outgoing(resolve=lambda _host, _port: []).ask("GET", "http://news.example/")


class TestAnAddress:
    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("HTTPS://News.Example", "https://news.example/"),
            ("https://news.example:443/hooks", "https://news.example/hooks"),
            ("http://bücher.example/ä?ö=ü#x", "http://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC"),
            ("https://news.example./a;b=c/%41", "https://news.example/a;b=c/%41"),
            ("https://1.1.1.1/", "https://1.1.1.1/"),
            ("https://[2606:4700:4700:0::1111]:8443/", "https://[2606:4700:4700::1111]:8443/"),
        ],
    )
    def test_of_the_public_internet_is_taken_in_one_spelling(self, typed: str, read: str) -> None:
        assert read_target(typed).url == read

    @pytest.mark.parametrize("port", [0, 22, 25, 3306, 5432, 6379, 9000, 65536, "http", "８０", "-1"])
    def test_with_a_port_where_no_web_server_is_is_refused(self, port: object) -> None:
        with pytest.raises(AddressRefused):
            read_target(f"http://news.example:{port}/")

    def test_that_the_operator_has_listed_is_taken_on_its_port(self) -> None:
        assert read_target("http://127.0.0.1:9000/", ["127.0.0.1:9000"]).is_excepted
        assert read_target("http://[::1]:9000/", ["[::1]"]).is_excepted
        with pytest.raises(AddressRefused):
            read_target("http://127.0.0.1:9001/", ["127.0.0.1:9000"])
