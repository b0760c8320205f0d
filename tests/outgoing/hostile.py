"""Addresses by which outsiders would like us to reach what only we can reach; {port} is where something listens.

Each with what its host name leads to, in the order of asking: names of our own making are resolved here, all others
by the system.
"""

from dataclasses import dataclass

PUBLIC = "93.184.216.34"
LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Hostile:
    """One address; `answers` are what the name leads to, at the first time of asking, the second and so on."""

    what: str
    url: str
    answers: tuple[tuple[str, ...], ...] = ()


def _named(what: str, *addresses: str) -> Hostile:
    return Hostile(what, "http://evil.example:{port}/", (addresses,))


SPELLINGS = (
    Hostile("plain loopback", "http://127.0.0.1:{port}/"),
    Hostile("another loopback address", "http://127.255.255.254:{port}/"),
    Hostile("a trailing dot", "http://127.0.0.1.:{port}/"),
    Hostile("decimal", "http://2130706433:{port}/"),
    Hostile("octal", "http://0177.0.0.01:{port}/"),
    Hostile("one octal number", "http://017700000001:{port}/"),
    Hostile("hexadecimal", "http://0x7f.0x0.0x0.0x1:{port}/"),
    Hostile("one hexadecimal number", "http://0x7f000001:{port}/"),
    Hostile("mixed bases", "http://0x7f.0.0.01:{port}/"),
    Hostile("two parts", "http://127.1:{port}/"),
    Hostile("three parts", "http://127.0.1:{port}/"),
    Hostile("a number over its bounds", "http://4294967297:{port}/"),
    Hostile("padded with noughts", "http://127.000.000.001:{port}/"),
    Hostile("nought", "http://0:{port}/"),
    Hostile("unspecified", "http://0.0.0.0:{port}/"),
    Hostile("full-width digits", "http://１２７.０.０.１:{port}/"),
    Hostile("circled digits", "http://①②⑦.⓪.⓪.①:{port}/"),
    Hostile("ideographic dots", "http://127。0。0。1:{port}/"),
    Hostile("half-width dots", "http://127｡0｡0｡1:{port}/"),
    Hostile("soft hyphens", "http://127\u00ad.0.0.1:{port}/"),
    Hostile("percent signs", "http://%31%32%37.0.0.1:{port}/"),
    Hostile("loopback by name", "http://localhost:{port}/"),
    Hostile("a name in capitals with a dot", "http://LOCALHOST.:{port}/"),
    Hostile("a name in full-width letters", "http://ｌｏｃａｌｈｏｓｔ:{port}/"),
    Hostile("loopback of IPv6", "http://[::1]:{port}/"),
    Hostile("loopback of IPv6, written out", "http://[0000:0000:0000:0000:0000:0000:0000:0001]:{port}/"),
    Hostile("unspecified of IPv6", "http://[::]:{port}/"),
    Hostile("mapped IPv4", "http://[::ffff:127.0.0.1]:{port}/"),
    Hostile("mapped IPv4 in hexadecimal", "http://[::ffff:7f00:1]:{port}/"),
    Hostile("compatible IPv4", "http://[::127.0.0.1]:{port}/"),
    Hostile("translated IPv4", "http://[::ffff:0:127.0.0.1]:{port}/"),
    Hostile("a zone", "http://[fe80::1%25lo]:{port}/"),
    Hostile("brackets around IPv4", "http://[127.0.0.1]:{port}/"),
    Hostile("a future address", "http://[v1.127.0.0.1]:{port}/"),
)
NETWORKS = (
    Hostile("private 10", "http://10.0.0.1:{port}/"),
    Hostile("private 172.16", "http://172.16.0.1:{port}/"),
    Hostile("private 172.31", "http://172.31.255.255:{port}/"),
    Hostile("private 192.168", "http://192.168.1.1:{port}/"),
    Hostile("metadata of clouds", "http://169.254.169.254:{port}/latest/meta-data/"),
    Hostile("metadata behind a carrier's NAT", "http://100.100.100.200:{port}/"),
    Hostile("metadata at a public number", "http://168.63.129.16:{port}/"),
    Hostile("protocols' own", "http://192.0.0.192:{port}/"),
    Hostile("benchmarks", "http://198.18.0.1:{port}/"),
    Hostile("documentation", "http://203.0.113.1:{port}/"),
    Hostile("multicast", "http://224.0.0.1:{port}/"),
    Hostile("reserved", "http://240.0.0.1:{port}/"),
    Hostile("broadcast", "http://255.255.255.255:{port}/"),
    Hostile("unique local", "http://[fd00:ec2::254]:{port}/"),
    Hostile("link-local", "http://[fe80::1]:{port}/"),
    Hostile("site-local", "http://[fec0::1]:{port}/"),
    Hostile("multicast of IPv6", "http://[ff02::1]:{port}/"),
    Hostile("documentation of IPv6", "http://[2001:db8::1]:{port}/"),
    Hostile("NAT64", "http://[64:ff9b::127.0.0.1]:{port}/"),
    Hostile("NAT64 of one's own", "http://[64:ff9b:1::7f00:1]:{port}/"),
    Hostile("6to4", "http://[2002:7f00:1::]:{port}/"),
    Hostile("Teredo", "http://[2001:0:7f00:1::]:{port}/"),
    Hostile("ISATAP", "http://[2001:470::5efe:7f00:1]:{port}/"),
)
NAMES = (
    _named("a name for loopback", LOCAL),
    _named("a name for IPv6's loopback", "::1"),
    _named("a name for a private address", "10.1.2.3"),
    _named("a name for metadata", "169.254.169.254"),
    _named("a name for a link-local address with a zone", "fe80::1%lo"),
    _named("a name for a mapped address", "::ffff:127.0.0.1"),
    _named("a name for NAT64", "64:ff9b::7f00:1"),
    _named("a public address and a private one", PUBLIC, LOCAL),
    _named("a public address and IPv6's loopback", PUBLIC, "::1"),
)
CONFUSIONS = (
    Hostile("a user before the host", "http://news.example@127.0.0.1:{port}/"),
    Hostile("a user and a password", "http://a:b@127.0.0.1:{port}/"),
    Hostile("a backslash for a slash", "http://news.example\\@127.0.0.1:{port}/"),
    Hostile("a fragment before the host", "http://127.0.0.1:{port}#@news.example/"),
    Hostile("a tab in the host", "http://127.0.\t0.1:{port}/"),
    Hostile("a line break in the host", "http://127.0.0.1:{port}\r\nHost: news.example/"),
    Hostile("a space before it", " http://127.0.0.1:{port}/"),
    Hostile("two ports", "http://127.0.0.1:{port}:80/"),
    Hostile("a slash too many", "http:///127.0.0.1:{port}/"),
    Hostile("no scheme", "//127.0.0.1:{port}/"),
    Hostile("a file", "file:///etc/passwd"),
    Hostile("another language", "gopher://127.0.0.1:{port}/_SET"),
    Hostile("FTP", "ftp://127.0.0.1:{port}/"),
    Hostile("a scheme in a scheme", "url:http://127.0.0.1:{port}/"),
    Hostile("a very long host", f"http://{'a.' * 5000}example:{{port}}/"),
)
REBINDING = (
    Hostile("public at first, then loopback", "http://evil.example:{port}/", ((PUBLIC,), (LOCAL,), (LOCAL,))),
    Hostile("loopback at first, then public", "http://evil.example:{port}/", ((LOCAL,), (PUBLIC,), (PUBLIC,))),
)
HOSTILE = (*SPELLINGS, *NETWORKS, *NAMES, *CONFUSIONS, *REBINDING)
