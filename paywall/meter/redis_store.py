"""The meter's rows in Redis or Valkey, alone or in Cluster mode; the only file that imports redis.

A reader's row of a calendar window is one field of a small hash that it shares with a few hundred others: Redis keeps
such hashes packed, which makes a reader of three articles some 40 bytes instead of 150. The hash is gone a day after
its window ends. Rolling windows and network lines have strings of their own that expire by themselves. All keys of one
reader carry the same hash tag, and each operation touches a single key, so a Cluster never refuses one.

Packing holds while values stay within `hash-max-listpack-value` (64 bytes: ten views) and hashes within
`hash-max-listpack-entries` (512 by default, reached at some ten million readers); beyond them rows cost more memory,
nothing else. `maxmemory-policy` should be `volatile-ttl` or `noeviction`: an evicted row is a forgotten reader.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.commands.core import Script
from redis.exceptions import RedisClusterException
from redis.retry import Retry

from paywall.meter.store import MeterUnavailable, Row

HASHES = 2**15
ANSWER_SECONDS = 1.0
MOST_CONNECTIONS = 64
MOST_CLUSTER_CONNECTIONS = 1_024
CLUSTER_SCHEME = "redis+cluster://"

# ARGV: the hash's field ('' for a string), the value that must be there ('' for none), its successor, expiry
_SWAP = """
local key, field, old, new = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local held
if field == '' then held = redis.call('GET', key) else held = redis.call('HGET', key, field) end
if (held or '') ~= old then return 0 end
if field == '' then redis.call('SET', key, new) else redis.call('HSET', key, field, new) end
redis.call('EXPIREAT', key, ARGV[4])
return 1
"""


class RedisRows:
    """Rows in the Redis that `url` names: redis://, rediss://, unix:// or redis+cluster://."""

    def __init__(self, url: str) -> None:
        self._url = url

    @cached_property
    def _redis(self) -> redis.Redis | RedisCluster:
        return _client(self._url)

    @cached_property
    def _swap(self) -> Script:
        return Script(self._redis, _SWAP)

    def read(self, row: Row) -> bytes | None:
        """Return the packed value, None where there is no row."""
        with _situations():
            if row.small:
                return cast("bytes | None", self._redis.hget(_key(row), _field(row.holder)))
            return cast("bytes | None", self._redis.get(_key(row)))

    def swap(self, row: Row, old: bytes | None, new: bytes) -> bool:
        """Replace `old` by `new` if it is still there: one script, sent by its digest."""
        field = _field(row.holder) if row.small else b""
        with _situations():
            return bool(self._swap(keys=[_key(row)], args=[field, old or b"", new, row.expires_at]))

    def delete(self, holder: bytes) -> None:
        """Delete the holder's rows of every window. Looks through all keys: a matter of seconds for millions."""
        with _situations():
            for key in self._redis.scan_iter(match=f"{_tag(holder)}*", count=5_000):
                if key.endswith(b":" + holder.hex().encode()):
                    self._redis.delete(key)
                elif key.count(b":") == _COLONS_OF_A_HASH:
                    self._redis.hdel(key, _field(holder))

    def sweep(self, now: int) -> int:  # noqa: ARG002 - every engine is asked
        """Return 0: Redis drops what has expired by itself."""
        return 0

    def ping(self) -> None:
        """Return if Redis answers."""
        with _situations():
            self._redis.ping()


_COLONS_OF_A_HASH = 2


def _key(row: Row) -> str:
    key = f"{_tag(row.holder)}{row.window}"
    return key if row.small else f"{key}:{row.holder.hex()}"


def _tag(holder: bytes) -> str:
    """Return how all keys of the holder begin, with the hash tag that Cluster mode places them by."""
    return f"meter:{{{int.from_bytes(holder[:2], 'big') % HASHES:x}}}:"


def _field(holder: bytes) -> bytes:
    # with the hash's number these are 63 bits of the holder's digest
    return holder[2:8]


def _client(url: str) -> redis.Redis | RedisCluster:
    """Return a client that answers or gives up within seconds; one retry covers a connection that died idle."""
    patience: dict[str, Any] = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    if url.startswith(CLUSTER_SCHEME):
        # a Cluster's client never waits for a free connection, so each thread of a large server may have its own
        address = url.replace(CLUSTER_SCHEME, "redis://", 1)
        return RedisCluster.from_url(address, max_connections=MOST_CLUSTER_CONNECTIONS, **patience)
    retry = Retry(NoBackoff(), 1)
    pool = redis.BlockingConnectionPool.from_url(
        url, max_connections=MOST_CONNECTIONS, timeout=ANSWER_SECONDS, retry=retry, **patience
    )
    return redis.Redis(connection_pool=pool)


@contextmanager
def _situations() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, RedisClusterException, OSError) as failure:
        raise MeterUnavailable from failure
